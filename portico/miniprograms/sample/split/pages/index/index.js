miniapp.on("ready", function () {
  "use strict";

  var MOST_PEOPLE = 50;
  var amount = document.getElementById("amount");
  var wrong = document.getElementById("amount-wrong");
  var fewer = document.getElementById("fewer");
  var more = document.getElementById("more");
  var people = 2;

  function tip() {
    return Number(document.querySelector("input[name=tip]:checked").value);
  }

  function show(id, text) {
    document.getElementById(id).textContent = text;
  }

  function draw() {
    var bill = split.centsOf(amount.value);
    var isWrong = bill === null && amount.value.trim() !== "";
    split.say(amount, isWrong ? miniapp.text("index.amount.wrong") : "", wrong);
    show("people", people);
    fewer.disabled = people === 1;
    more.disabled = people === MOST_PEOPLE;
    if (bill === null) {
      ["each", "tip-sum", "total"].forEach(function (id) {
        show(id, "–");
      });
      show("uneven", "");
      return;
    }
    var tipSum = split.tipOn(bill, tip());
    var shares = split.share(bill + tipSum, new Array(people).fill(1));
    var least = shares[people - 1];
    var unlucky = shares.filter(function (one) {
      return one > least;
    }).length;
    show("each", split.money(least));
    show("tip-sum", split.money(tipSum));
    show("total", split.money(bill + tipSum));
    show("uneven", unlucky ? split.counted("index.uneven", unlucky, { cent: split.money(1) }) : "");
  }

  function count(step) {
    people = Math.min(MOST_PEOPLE, Math.max(1, people + step));
    draw();
  }

  amount.addEventListener("input", draw);
  document.querySelectorAll("input[name=tip]").forEach(function (choice) {
    choice.addEventListener("change", draw);
  });
  fewer.addEventListener("click", function () {
    count(-1);
  });
  more.addEventListener("click", function () {
    count(1);
  });
  document.getElementById("by-shares").addEventListener("click", function () {
    miniapp.navigate("pages/shares/shares", { tip: tip() });
  });
  document.getElementById("about").addEventListener("click", function () {
    miniapp.navigate("pages/about/about");
  });
  draw();
});
