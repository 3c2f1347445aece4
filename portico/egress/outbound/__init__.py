"""The outbound part of Domain Preference, and what it is used for elsewhere.

How the section composes it (`portico.domains`):

    payload   outbound_ips: tuple[str, ...] = ()         `services.normal(values)` spells them
              outbound_notice_days: int = 0              0 to `services.MOST_NOTICE`
    check     services.check_choice(workspace, payload.outbound_ips)            raises an Invalid
    published services.choose(workspace, payload.outbound_ips, by=by, at=at,
                              notice_days=payload.outbound_notice_days)
    form      fields.ips_field(), fields.notice_field() as class attributes, and in __init__
              fields.offer(self, workspace, at=at), which fills in what can be chosen
              (field names: outbound_ips, outbound_notice_days)
    facts     panels.facts_of(workspace, payload.outbound_ips, at=at): dict[str, Fact]
    effective panels.effective_of(workspace, at=at): JSON for the API's effective part
    extras    {"outbound": panels.panel_of(workspace, at=at)}
    card      {% include "egress/section/outbound.html" with outbound=card.extras.outbound %}

Verify is a page action of its own (`verify_outbound_ip`, POST) and an operation of the API
(`api.router`, below /settings). `views.py` also answers the public list of addresses
(/.well-known/egress-ips.json and .txt) and the echo (/.well-known/portico-echo).
"""
