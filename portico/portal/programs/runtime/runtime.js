// The runtime of mini programs on the web: the global `miniapp`. docs/guide/runtime.md describes it.
//
// It runs in a sandboxed frame, as nobody: no cookies, no storage, no way to the page around it but
// messages. That page believes none of them; nor does this script, beyond what is checked below.
(function () {
  "use strict";

  // What the server says stands in the block of data before this script.
  var facts = JSON.parse(document.currentScript.previousElementSibling.textContent);
  var languages = Object.keys(facts.texts);
  var context = readContext();
  var heard = { launch: [], show: [], hide: [], ready: [], unload: [] };
  var past = {};

  var miniapp = {
    page: facts.page,
    query: queryOf(location.search),
    language: context.language || languageOf(navigator.languages),

    // Calls `listener` when it happens; at once, where it has happened already and happens once.
    on: function (event, listener) {
      if (!heard[event]) throw new TypeError("There is no event " + event + ".");
      if (typeof listener !== "function") throw new TypeError("A listener is a function.");
      heard[event].push(listener);
      if (past[event]) call(listener, past[event]);
      return miniapp;
    },

    // Goes to a declared page, with a query.
    navigate: function (page, query) {
      var name = String(page).replace(/^\/+/, "").replace(/\.html$/, "");
      if (facts.pages.indexOf(name) < 0) {
        throw new RangeError("manifest.json declares no page " + name + ".");
      }
      remember({ depth: depth() + 1 });
      location.assign(addressOf(name, query));
    },

    // Goes back to the page before, where there is one.
    back: function () {
      if (depth() > 0) history.back();
    },

    // Asks the person whether to open an address of the web in a new tab.
    openLink: function (url) {
      var parsed = new URL(String(url), location.href);
      if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
        throw new TypeError("Only http and https addresses can be opened.");
      }
      tell("open-link", { url: parsed.href });
    },

    // The text for a key in the person's language, with what stands in {braces} filled in.
    text: function (key, values) {
      var found = Object.prototype.hasOwnProperty.call(texts, key) ? texts[key] : String(key);
      if (!values) return found;
      return found.replace(/\{(\w+)\}/g, function (whole, name) {
        return Object.prototype.hasOwnProperty.call(values, name) ? String(values[name]) : whole;
      });
    },

  };
  var texts = Object.assign({}, facts.texts.en, facts.texts[facts.language]);
  Object.assign(texts, facts.texts[closest(miniapp.language)]);
  Object.defineProperty(window, "miniapp", { value: miniapp });
  document.documentElement.lang = document.documentElement.lang || miniapp.language;

  if (facts.base !== "/") rootInPreview();
  keepDepth();
  begin();

  // --- Events ---------------------------------------------------------------------------------

  function begin() {
    var isFirst = !context.launched;
    if (isFirst) remember({ launched: true });
    whenParsed(function () {
      if (isFirst) once("launch", { page: miniapp.page, query: miniapp.query });
      once("ready", {});
      if (!document.hidden) fire("show", {});
      tellWhere();
      watchTitle();
    });
    document.addEventListener("visibilitychange", function () {
      fire(document.hidden ? "hide" : "show", {});
    });
    window.addEventListener("pagehide", function () {
      if (!document.hidden) fire("hide", {});
      once("unload", {});
    });
    window.addEventListener("pageshow", function (event) {
      if (!event.persisted) return;
      fire("show", {});
      tellWhere();
    });
  }

  function whenParsed(then) {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", then);
    else then();
  }

  function once(event, detail) {
    past[event] = detail;
    fire(event, detail);
  }

  function fire(event, detail) {
    heard[event].slice().forEach(function (listener) {
      call(listener, detail);
    });
  }

  // One listener that fails takes no other along.
  function call(listener, detail) {
    try {
      listener(detail);
    } catch (error) {
      setTimeout(function () {
        throw error;
      });
    }
  }

  function watchTitle() {
    var before = document.title;
    new MutationObserver(function () {
      if (document.title === before) return;
      before = document.title;
      tell("title", { title: before });
    }).observe(document.head || document.documentElement, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  }

  // --- The page around --------------------------------------------------------------------------

  // What the landing page hands over stands in the name of its frame: it is there before any
  // message could be, and stays while the frame goes from page to page.
  function readContext() {
    try {
      if (window.name.indexOf("portico:") === 0) return JSON.parse(window.name.slice(8)) || {};
    } catch (error) {
      // Somebody else's name for this window.
    }
    return {};
  }

  function remember(more) {
    context = Object.assign({}, readContext(), more);
    if (window.parent !== window) window.name = "portico:" + JSON.stringify(context);
  }

  function tell(kind, detail) {
    if (window.parent === window || !context.origin) return;
    window.parent.postMessage(Object.assign({ portico: 1, kind: kind }, detail), context.origin);
  }

  function tellWhere() {
    tell("shown", { page: miniapp.page, query: location.search.slice(1), title: document.title });
  }

  // The page around asks where this one is, in case it was told before it listened.
  window.addEventListener("message", function (event) {
    if (event.source !== window.parent || event.origin !== context.origin) return;
    if (event.data && event.data.portico === 1 && event.data.kind === "where") {
      whenParsed(tellWhere);
    }
  });

  // --- Going from page to page -----------------------------------------------------------------

  function depth() {
    var state = history.state;
    return state && typeof state.porticoDepth === "number" ? state.porticoDepth : 0;
  }

  // How many pages of the program lie before this one. A page that is come back to knows it.
  function keepDepth() {
    if (history.state && typeof history.state.porticoDepth === "number") return;
    var deep = typeof context.depth === "number" ? context.depth : 0;
    remember({ depth: undefined });
    history.replaceState(Object.assign({}, history.state, { porticoDepth: deep }), "");
  }

  function addressOf(page, query) {
    var path = page.split("/").map(encodeURIComponent).join("/");
    var search = new URLSearchParams();
    Object.keys(query || {}).forEach(function (key) {
      [].concat(query[key]).forEach(function (value) {
        search.append(key, value);
      });
    });
    return facts.base + path + ".html" + (String(search) ? "?" + search : "");
  }

  function queryOf(search) {
    var found = Object.create(null);
    new URLSearchParams(search).forEach(function (value, key) {
      found[key] = value;
    });
    return Object.assign({}, found);
  }

  // --- Languages -------------------------------------------------------------------------------

  function languageOf(wanted) {
    for (var index = 0; index < (wanted || []).length; index += 1) {
      var found = closest(wanted[index]);
      if (found) return found;
    }
    return facts.language;
  }

  // The language of the package that is closest to this one; empty where there is none.
  function closest(language) {
    var parts = language.split("-");
    while (parts.length) {
      var name = parts.join("-").toLowerCase();
      var found = languages.filter(function (one) {
        return one.toLowerCase() === name;
      })[0];
      if (found) return found;
      parts.pop();
    }
    return "";
  }

  // --- Previews ---------------------------------------------------------------------------------

  // In a preview a token comes before every path. What the server could not rewrite is seen to here:
  // requests, and elements that a script has made.
  function rootInPreview() {
    var fetching = window.fetch;
    window.fetch = function (input, init) {
      return fetching.call(this, typeof input === "string" ? rooted(input) : input, init);
    };
    var open = XMLHttpRequest.prototype.open;
    XMLHttpRequest.prototype.open = function (method, url) {
      var rest = [].slice.call(arguments, 2);
      return open.apply(this, [method, rooted(String(url))].concat(rest.length ? rest : [true]));
    };
    document.addEventListener(
      "error",
      function (event) {
        var element = event.target;
        ["src", "href", "poster"].forEach(function (name) {
          var value = element.getAttribute && element.getAttribute(name);
          if (value && rooted(value) !== value) element.setAttribute(name, rooted(value));
        });
      },
      true
    );
  }

  function rooted(url) {
    var isFromRoot = url.charAt(0) === "/" && url.charAt(1) !== "/";
    if (!isFromRoot || url.indexOf(facts.base) === 0) return url;
    return facts.base + url.slice(1);
  }
})();
