"""Every table of directory, for migrations."""

from services.directory.accounts import models as accounts
from services.directory.api_keys import models as api_keys
from services.directory.base import Base
from services.directory.people import models as people
from services.directory.programme import models as programme
from services.directory.sign_in import models as sign_in

__all__ = ["Base", "accounts", "api_keys", "people", "programme", "sign_in"]
