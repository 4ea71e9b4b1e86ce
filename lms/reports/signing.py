"""The key of a site, with which its evidence packets are signed."""

from lms.foundation.settings import Settings, SettingsError, kept_key

from .seal import KeyNotUsable, Signer, new_private_pem


def signer_of(settings: Settings) -> Signer | None:
    """The site's signer; None in production as long as LMS_SIGNING_KEY names no file.

    In development a key is made at first use and kept in the instance folder. Raises SettingsError.
    """
    if settings.signing_key is None:
        if settings.is_production:
            return None
        file = settings.instance_path / "signing-key.pem"
        return Signer.from_pem(kept_key(file, lambda: new_private_pem().decode()).encode())
    try:
        return Signer.from_pem(settings.signing_key.read_bytes())
    except KeyNotUsable as error:
        raise SettingsError(f"LMS_SIGNING_KEY: {settings.signing_key}: {error}") from None
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise SettingsError(f"LMS_SIGNING_KEY: {settings.signing_key}: {reason}") from None
