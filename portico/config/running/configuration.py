"""The configuration of this process, or why it cannot be used."""

from __future__ import annotations

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from portico.config.env import Env, load, unsafe_for_production
from portico.config.running.refusal import Refusal
from portico.kernel.errors import gettext_noop


class InvalidConfiguration(Refusal):
    """Some settings have values that cannot be used."""

    code = "invalid_configuration"
    sentence = gettext_noop("%(problems)s")


class UnsafeForProduction(Refusal):
    """Production is asked for, and the settings are not fit for it."""

    code = "unsafe_for_production"
    sentence = gettext_noop("Portico does not start in production with these settings: %(reasons)s")


def configured() -> Env:
    """The configuration. Raises InvalidConfiguration with a sentence for each bad setting."""
    try:
        return load()
    except ValidationError as error:
        problems = " ".join(_sentence(problem) for problem in error.errors())
        raise InvalidConfiguration(problems=problems) from None


def refuse_what_is_unsafe(env: Env) -> None:
    """Raise UnsafeForProduction, with all reasons, where this is production and not fit for it."""
    if env.production and (reasons := unsafe_for_production(env)):
        raise UnsafeForProduction(reasons=" ".join(reasons))


def _sentence(problem: ErrorDetails) -> str:
    message = problem["msg"].removeprefix("Value error, ").rstrip(".")
    if not problem["loc"]:
        return f"{message}."
    name = str(problem["loc"][0])
    field = Env.model_fields.get(name)
    variable = name if field is None else str(field.validation_alias or f"PORTICO_{name.upper()}")
    message = message.replace("Input should be", "it should be", 1)
    if field is None or field.annotation is SecretStr:
        return f"{variable}: {message}."
    return f"{variable} is “{problem['input']}”: {message}."
