import os, pytest
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="1"
from playwright.sync_api import sync_playwright
from conftest import make_cast
from portico.accounts.binding import HOST_KEY, WORKSPACE_KEY
from django.test import Client
from django.conf import settings as dj
def test_x(transactional_db, live_server, settings):
    cast = make_cast()
    port = live_server.url.rsplit(":",1)[1]
    host=f"acme.localhost:{port}"
    c=Client(headers={"host":host}); c.force_login(cast.admin.person, backend=dj.AUTHENTICATION_BACKENDS[0])
    s=c.session; s[HOST_KEY], s[WORKSPACE_KEY]=host,str(cast.acme.id); s.save()
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path="/usr/bin/chromium",args=["--no-sandbox"])
        for scheme in ("light","dark"):
          for w in (1440,768,390):
            ctx=b.new_context(viewport={"width":w,"height":900},color_scheme=scheme)
            ctx.add_cookies([{"name":"portico-session","value":s.session_key,"url":f"http://{host}"}])
            pg=ctx.new_page(); msgs=[]
            pg.on("console",lambda m:msgs.append(m.text)); pg.on("pageerror",lambda m:msgs.append(str(m)))
            pg.goto(f"http://{host}/settings/tenant/copyright-notice/edit/")
            if w==1440: pg.screenshot(path=f"/tmp/shots/c-empty-{scheme}-{w}.png",full_page=True)
            pg.get_by_role("button",name="Insert standard notice").click()
            print(pg.locator("[name=text]").input_value(), pg.locator("[data-preview-of]").all_inner_texts(), pg.locator("[data-counter-of]").inner_text())
            pg.screenshot(path=f"/tmp/shots/c-{scheme}-{w}.png",full_page=True)
            pg.locator("[name=text]").press("Control+z"); print("undo",repr(pg.locator("[name=text]").input_value()))
            pg.locator("[name=text]").fill("© {first_year}-{year} X"); print(pg.locator("[data-preview-of]").first.inner_text())
            pg.goto("about:blank"); 
            pg=ctx.new_page()
            pg.on("console",lambda m:msgs.append(m.text)); pg.on("pageerror",lambda m:msgs.append(str(m)))
            pg.goto(f"http://{host}/settings/tenant/about-us/edit/")
            link=pg.locator("[data-shown-with]")
            print("empty",link.is_visible())
            if w==1440: pg.screenshot(path=f"/tmp/shots/a-empty-{scheme}-{w}.png",full_page=True)
            pg.locator("[name=url]").fill("https://www.example.com/{lang}/about-our-company-and-more")
            print("filled",link.is_visible(), pg.locator("[data-preview-of]").all_inner_texts())
            pg.screenshot(path=f"/tmp/shots/a-{scheme}-{w}.png",full_page=True)
            pg.locator("[name=url]").fill("ftp://x"); pg.get_by_role("button",name="Save",exact=True).click(); pg.wait_for_selector("[data-error-summary]")
            if w!=768: pg.screenshot(path=f"/tmp/shots/a-err-{scheme}-{w}.png",full_page=True)
            print(msgs); ctx.close()
        b.close()
