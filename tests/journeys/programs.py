"""Mini programs for the stories: `python -m tests.journeys.programs SLUG` makes one in a workspace
and prints the labels of its two versions, of which the first is live."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from portico.config.commands.with_django import with_django
from tests.journeys.instance import ROOT, Instance

APP_ID = "com.example.tips"
PAGES = ["pages/index/index", "pages/sum/sum", "pages/hostile/hostile"]

INDEX = """<!doctype html><html><head><title>Split a bill</title></head><body>
<h1 id="hello"></h1><img src="/common/icon.png" alt="" id="picture">
<p id="facts"></p><p id="events"></p>
<form id="form"><label>Amount <input name="amount"></label><button>Reckon</button></form>
<button id="next">Sum</button> <button id="link">Help</button></body></html>"""
INDEX_SCRIPT = """
const put = (id, text) => (document.getElementById(id).textContent = text);
put("hello", miniapp.text("hello", { who: "you" }));
put("facts", [miniapp.page, miniapp.language, JSON.stringify(miniapp.query)].join(" "));
for (const event of ["launch", "ready", "show"]) {
  miniapp.on(event, () => document.getElementById("events").append(event + " "));
}
document.getElementById("form").addEventListener("submit", (event) => {
  event.preventDefault();
  fetch("/common/rate.json")
    .then((answer) => answer.json())
    .then(({ rate }) => put("facts", "rate " + rate));
});
document.getElementById("next").onclick = () => miniapp.navigate("pages/sum/sum", { amount: "12" });
document.getElementById("link").onclick = () => miniapp.openLink("https://help.example.org/tips?a=1");
"""
SUM_SCRIPT = """
document.getElementById("sum").textContent = "Sum " + miniapp.query.amount;
document.getElementById("back").onclick = () => miniapp.back();
"""
# Whatever a script could try. Each attempt writes down what came of it.
HOSTILE_SCRIPT = """
const query = miniapp.query;
const results = (window.results = {});
const note = (name) => (what) => (results[name] = String(what && what.name ? what.name : what));
const attempt = (name, act) => { try { note(name)(act()); } catch (error) { note(name)(error); } };
const later = (name, act) => {
  try { act().then(() => note(name)("done"), note(name)); } catch (error) { note(name)(error); }
};
const element = (name, tag, set) => {
  const made = Object.assign(document.createElement(tag), set);
  made.onload = () => note(name)("loaded");
  made.onerror = () => note(name)("blocked");
  document.body.append(made);
};
attempt("cookie", () => document.cookie);
attempt("local storage", () => localStorage.length);
attempt("session storage", () => sessionStorage.length);
attempt("database", () => indexedDB.open("x"));
if (parent !== window) {
  attempt("parent", () => parent.document.title);
  attempt("top address", () => top.location.href);
  attempt("top", () => { top.location = query.portal + "/console/"; });
  attempt("back", () => { history.go(-1); return "asked"; });
}
attempt("popup", () => window.open(query.portal + "/console/"));
attempt("eval", () => eval("1 + 1"));
attempt("function", () => new Function("return 1")());
attempt("worker", () => { new Worker("/app.js"); return "made"; });
later("service worker", () => navigator.serviceWorker.register("/app.js"));
later("caches", () => caches.open("x"));
later("api", () => fetch(query.portal + "/api/v1/members", { credentials: "include" }));
const blindly = { credentials: "include", mode: "no-cors" };
later("console", () => fetch(query.portal + "/console/", blindly));
later("other version", () => fetch(query.other + "/app.css"));
later("elsewhere", () => fetch("https://elsewhere.example/"));
element("picture of the portal", "img", { src: query.portal + "/favicon.ico" });
element("remote script", "script", { src: query.portal + "/static/x.js" });
element("script of another version", "script", { src: query.other + "/app.js" });
element("style of the portal", "link", { rel: "stylesheet", href: query.portal + "/static/x.css" });
attempt("inline script", () => {
  const made = document.createElement("script");
  made.textContent = "window.results['inline script'] = 'ran'";
  document.body.append(made);
  return results["inline script"] || "blocked";
});
attempt("beacon", () => navigator.sendBeacon(query.portal + "/api/v1/members", "x"));
const frame = document.createElement("iframe");
frame.src = query.portal + "/console/";
document.body.append(frame);
"""
FILES = {
    "pages/index/index.html": INDEX,
    "pages/index/index.js": INDEX_SCRIPT,
    "pages/sum/sum.html": '<title>Sum</title><p id="sum"></p><button id="back">Back</button>',
    "pages/sum/sum.js": SUM_SCRIPT,
    "pages/hostile/hostile.html": "<title>Hostile</title><p>Hostile</p>",
    "pages/hostile/hostile.js": HOSTILE_SCRIPT,
    "common/rate.json": '{"rate": 15}',
    "i18n/en.json": '{"hello": "Hello {who}"}',
    "i18n/zh-Hans.json": '{"hello": "你好 {who}"}',
}  # fmt: skip


@dataclass(frozen=True)
class OnTheWeb:
    """A mini program whose version 1 is live, and version 2 not."""

    live: str
    other: str
    port: int

    def origin(self, label: str) -> str:
        """Where a version's files are."""
        return f"http://{label}.content.localhost:{self.port}"


def put_on_the_web(instance: Instance, slug: str) -> OnTheWeb:
    """Make a program in a workspace of a running installation."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PORTICO_") and name != "DATABASE_URL"
    } | {"PORTICO_DATA_DIR": str(instance.folder), "PORTICO_PORT": str(instance.port)}
    command = [sys.executable, "-m", "tests.journeys.programs", slug]
    done = subprocess.run(
        command, cwd=Path(ROOT), env=environment, check=True, capture_output=True, timeout=120
    )
    live, other = json.loads(done.stdout.splitlines()[-1])
    return OnTheWeb(live, other, instance.port)


@with_django
def main(slug: str) -> None:
    """Make it, and print the labels."""
    from django.db import transaction

    from portico.kernel.clock import now
    from portico.miniprograms.services import put_live
    from portico.targets.models import App
    from portico.workspaces.models import Membership, Workspace
    from portico.workspaces.permissions import Role
    from tests.make import make_app, make_program, make_version
    from tests.packages import make_manifest, make_package

    with transaction.atomic():
        workspace = Workspace.objects.get(slug=slug)
        developer = Membership.objects.filter(workspace=workspace, role=Role.DEVELOPER).first()
        app = App.objects.filter(workspace=workspace, is_web=True).first()
        app = app or make_app(workspace, "web", is_web=True)
        program = make_program(workspace, APP_ID, developer=developer, description="Split a bill.")
        versions = []
        for code in (1, 2):
            manifest = make_manifest(APP_ID, code=code, pages=PAGES)
            package = make_package(APP_ID, files=FILES, manifest=manifest)
            versions.append(make_version(program, code=code, package=package, manifest=manifest))
        put_live(program, app.targets.get(environment="production"), versions[0], at=now())
    print(json.dumps([version.label for version in versions]))


if __name__ == "__main__":
    main(sys.argv[1])
