// What the pages of the program share: texts in the person's language, and sums of money.
// Money is counted in whole cents, so that shares always add up to the bill.
(function () {
  "use strict";

  var MOST_CENTS = 100000000;

  // "12.50", "12,5" or "1 200" in cents; null where it is no amount.
  function centsOf(text) {
    var plain = String(text).trim().replace(/\s/g, "").replace(",", ".");
    if (!/^\d{1,7}(\.\d{0,2})?$/.test(plain)) return null;
    var cents = Math.round(Number(plain) * 100);
    return cents <= MOST_CENTS ? cents : null;
  }

  function tipOn(cents, percent) {
    return Math.round((cents * percent) / 100);
  }

  // Shares a sum by weights. What is left over of whole cents goes to those who are short of the
  // most, so nobody is more than a cent away from what is theirs.
  function share(cents, weights) {
    var all = weights.reduce(function (sum, one) {
      return sum + one;
    }, 0);
    if (!all) return weights.map(function () { return 0; });
    var exact = weights.map(function (one) {
      return (cents * one) / all;
    });
    var shares = exact.map(Math.floor);
    var left = shares.reduce(function (rest, one) {
      return rest - one;
    }, cents);
    exact
      .map(function (one, index) {
        return { index: index, short: one - shares[index] };
      })
      .sort(function (one, other) {
        return other.short - one.short || one.index - other.index;
      })
      .slice(0, left)
      .forEach(function (one) {
        shares[one.index] += 1;
      });
    return shares;
  }

  function money(cents) {
    return (cents / 100).toLocaleString(miniapp.language, {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
    });
  }

  // The sentence about one or several: "key.one" or "key.other".
  function counted(key, count, values) {
    var form = count === 1 ? ".one" : ".other";
    return miniapp.text(key + form, Object.assign({ count: count }, values));
  }

  function translate() {
    document.documentElement.lang = miniapp.language;
    document.querySelectorAll("[data-text]").forEach(function (element) {
      element.textContent = miniapp.text(element.dataset.text);
    });
  }

  // Marks a field as wrong, or as right again where there is nothing to say.
  function say(input, message, said) {
    said.textContent = message;
    if (message) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  window.split = {
    centsOf: centsOf,
    tipOn: tipOn,
    share: share,
    money: money,
    counted: counted,
    say: say,
  };

  translate();
})();
