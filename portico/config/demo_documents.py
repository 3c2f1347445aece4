"""The demo's legal documents: short, plain, and of our own writing."""

from __future__ import annotations

from portico.legal.models import LegalKind
from portico.legal.writing import pdf_of

TERMS = """
These terms say what you may expect of Acme Pay, and what Acme Pay expects of you, when you
publish mini programs on this platform. They are an example that comes with the demo.

1. Who may use the platform. You may use it if you are invited by Acme Pay and act for a company
that has agreed to work with us. Keep your password to yourself, and tell us at once if somebody
else may have learned it.

2. What you publish. You answer for the mini programs that you upload. They must do what they say,
respect the law of the countries in which they are offered, and ask people only for what they
need.

3. Review. Each version is reviewed before it goes live. We may refuse a version, and we say why.
A version that turns out to harm people is taken offline at once.

4. Our part. We keep the platform running with care and tell you of planned interruptions at least
three days before. We do not promise that it never fails.

\f

5. Ending. You may stop using the platform at any time. We may end your access with thirty days of
notice, or at once where you have broken these terms in a serious way.

6. Liability. Each side answers for damage that it causes on purpose or by gross negligence.
Beyond that, liability is limited to what is foreseeable for an agreement of this kind.

7. Changes. When these terms change in a way that matters, you are asked to accept the new
version. Corrections of typing errors take effect without asking. All versions stay readable.

8. Law. The law of Singapore applies. Where this text differs between languages, the English one
counts.
"""
PRIVACY = """
This notice says which data Acme Pay keeps about the people who use this platform, what for, and
for how long. It is an example that comes with the demo.

1. What we keep. Your name, your e-mail address, your role, and when you signed in from where.
What you do on the platform is noted in an audit log.

2. What for. To let you in, to write to you about your work here, and to show who has done what.
We sell nothing of it and show it to nobody else, unless the law requires it.

3. For how long. As long as you are a member. The audit log is kept; your name can be erased from
it.

4. Your rights. Ask us what we keep about you, have it corrected, or have it erased. Write to
privacy@acme.example.com.
"""
COOKIES = """
This notice says what this site stores in your browser. It is an example that comes with the demo.

1. Necessary. One cookie keeps you signed in, one protects forms against abuse, one remembers what
you answered about cookies. The site does not work without them.

2. Optional. If you agree, one cookie remembers your language for a year. Nothing else is stored,
and nobody else is told of your visit.

3. Change your mind. The link to the cookie settings stands at the foot of every page.
"""
TERMS_IN_CHINESE = """
本条款说明您在本平台发布小程序时可以期待什么，以及我们对您的期待。本文是演示所附的示例。

一、使用资格。受到邀请并代表合作公司的人可以使用本平台。请妥善保管您的密码，如有泄露请立即告知我们。

二、您发布的内容。您对上传的小程序负责。小程序应当言行一致，遵守提供地的法律，只向用户索取必要的信息。

三、审核。每个版本上线前都要经过审核。我们可以拒绝某个版本，并说明理由。

四、变更。条款发生重大变更时，我们会请您接受新版本。各个版本始终可以查阅。

五、法律。适用新加坡法律。各语言文本不一致时，以英文文本为准。
"""

DOCUMENTS: tuple[tuple[LegalKind, str, str, str], ...] = (
    (LegalKind.TERMS, "en", "Terms of Service", TERMS),
    (LegalKind.TERMS, "zh-hans", "服务条款", TERMS_IN_CHINESE),
    (LegalKind.PRIVACY, "en", "Privacy Policy", PRIVACY),
    (LegalKind.COOKIES, "en", "Cookie Notice", COOKIES),
)


def demo_pdfs() -> list[tuple[LegalKind, str, str, bytes]]:
    """Each document's kind, language, file name and bytes; the same bytes each time."""
    return [
        (
            kind,
            language,
            f"{kind.value}-{language}.pdf",
            pdf_of(title, _paragraphs(text), language=language),
        )
        for kind, language, title, text in DOCUMENTS
    ]


def _paragraphs(text: str) -> list[str]:
    """What stands between empty lines; a line break is a space."""
    return [part.replace("\n", " ").strip(" ") for part in text.strip("\n").split("\n\n")]
