"""Where the features are put together: which sections there are, and who listens to what."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "portico.config"
    label = "portico_config"

    def ready(self) -> None:
        """Register the sections of the settings, in the order of the page, and the listeners."""
        from portico.about_us.section import section as about_us
        from portico.basic_settings.registry import register
        from portico.branding.section import section as branding
        from portico.config.listeners import connect
        from portico.copyright_notice.section import section as copyright_notice
        from portico.domains.section import section as domain_preference
        from portico.legal.section import section as terms_of_service
        from portico.portal.programs.wiring import put_in_place
        from portico.release_process.section import section as release_process
        from portico.releases.notices.topics import TOPICS
        from portico.service_email.section import section as service_email
        from portico.service_email.topics.topics import add_topics

        _register_mails()
        add_topics(*TOPICS)
        connect()
        put_in_place()
        register(
            branding,
            service_email,
            domain_preference,
            about_us,
            terms_of_service,
            copyright_notice,
            release_process,
        )


def _register_mails() -> None:
    from portico.domains import mails as domain_mails
    from portico.legal.acceptance import mails as legal_mails
    from portico.members import mails as member_mails
    from portico.releases.notices import mails as release_mails
    from portico.service_email import mails as own_mails
    from portico.service_email.look.content import register_templates
    from portico.targets import mails as target_mails
    from portico.two_factor import mails as two_factor_mails
    from portico.webhooks import mails as webhook_mails

    register_templates(
        *own_mails.TEMPLATES,
        *member_mails.TEMPLATES,
        *domain_mails.TEMPLATES,
        *webhook_mails.TEMPLATES,
        *legal_mails.TEMPLATES,
        *target_mails.TEMPLATES,
        *two_factor_mails.TEMPLATES,
        *release_mails.TEMPLATES,
    )
