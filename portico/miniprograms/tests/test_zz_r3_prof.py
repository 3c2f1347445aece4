import pytest, time
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.test_programs_at_scale import Filters, programs_found, page_of, VERSIONS
from tests.make import AT
from tests.test_programs_at_scale import fill, run, VERSION_ROWS, put_all_live, analyze
pytestmark=[pytest.mark.django_db]
def test_x(cast, browse):
    targets=fill(cast.acme); run(VERSION_ROWS, versions=VERSIONS, at=AT); put_all_live(targets,(2,100,0,0)); analyze()
    for cost in (100,300,1000):
        run(f"ALTER FUNCTION miniprograms_facets COST {cost}")
        for f,o in ((Filters(kind="hosted",state="active"),"-made"),(Filters(kind="package",state="active"),"-made"),(Filters(category="government",state="active"),"-name"),(Filters(words="train a1",state="active"),"name"),(Filters(state="active"),"name")):
            q=programs_found(cast.admin,f); ts=[]
            for _ in range(6):
                t=time.perf_counter(); page_of(q,order=o,size=20); ts.append(time.perf_counter()-t)
            with CaptureQueriesContext(connection) as c: page_of(q,order=o,size=20)
            with connection.cursor() as cur:
                cur.execute("EXPLAIN (ANALYZE) "+c[0]["sql"]); rows=[r[0] for r in cur.fetchall()]
            print("R3",cost,f.kind,f.category,f.words,o,round(min(ts)*1000,1),"ms",[r.strip()[:60] for r in rows if "Scan" in r], rows[-1], rows[0][:40])
