def test_the_portal_answers(cast, browse):
    response = browse(cast.acme).get("/")
    assert response.status_code == 200, response.content[:500]
    for path in ("/settings/tenant/", "/settings/account/", "/console/", "/settings/tenant/branding/edit/","/settings/tenant/branding/history/","/settings/tenant/about-us/edit/","/settings/tenant/copyright-notice/edit/"):
        r = browse(cast.acme, cast.admin).get(path)
        print(path, r.status_code)
        assert r.status_code == 200
