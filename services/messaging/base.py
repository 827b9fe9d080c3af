"""The base of this service's tables."""

from shared.db import base


class Base(base.Base):
    __abstract__ = True
    metadata = base.new_metadata()
