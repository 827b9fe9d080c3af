"""Who gets a token: people by password or refresh token, services by their secret, other systems by API key."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.directory.accounts.models import User
from services.directory.api_keys import use_cases as api_keys
from services.directory.api_keys.queries import find_api_key
from services.directory.secrets import fingerprint, new_secret
from services.directory.settings import DirectorySettings
from services.directory.sign_in import errors, queries
from services.directory.sign_in.keys import SigningKeys
from services.directory.sign_in.models import RefreshToken
from services.directory.sign_in.passwords import Passwords
from services.directory.sign_in.schemas import TokenAnswer, TokenRequest
from shared.db.database import NOBODY, Database, Db, Tenant
from shared.errors import Invalid
from shared.ids import uuid7
from shared.text.emails import normalise_email


@dataclass(frozen=True)
class Door:
    """What signing in needs; made once in `main.py`."""

    settings: DirectorySettings
    database: Database
    keys: SigningKeys
    passwords: Passwords

    async def admit(self, request: TokenRequest) -> TokenAnswer:
        if request.grant_type == "password":
            return await self._by_password(request, _needed(request, "username"), _needed(request, "password"))
        if request.grant_type == "refresh_token":
            return await self._by_refresh_token(_needed(request, "refresh_token"), request.scope)
        return await self._service(request)

    async def _by_password(self, request: TokenRequest, email: str, password: str) -> TokenAnswer:
        candidates = await self._candidates(normalise_email(email) or email.strip().lower())
        matching = [each for each in candidates if await self.passwords.matches(each.password_hash, password)]
        if not candidates:
            await self.passwords.matches(None, password)
        if not matching:
            raise errors.InvalidGrant(errors.WRONG)
        chosen = await self._choose(matching, request.account)
        async with self.database.begin(Tenant(chosen.account_id)) as db:
            user = await queries.lock_active_user(db, chosen.user_id)
            if user is None or user.password_hash != chosen.password_hash:
                raise errors.InvalidGrant(errors.WRONG)
            await queries.forget_sign_ins(db, _attempts_at(chosen))
            return await self._welcome(db, user, family_id=uuid7(), scope=request.scope)

    async def _candidates(self, email: str) -> list[queries.SignIn]:
        """Whose password may be tried. Counted and committed before one is looked at, each user by themselves:

        who signs in to another account with the same e-mail must not win new attempts here.
        """
        window = timedelta(seconds=self.settings.sign_in_window_seconds)
        async with self.database.begin(NOBODY) as db:
            found = await queries.find_sign_ins(db, email)
            counted: dict[str, queries.SignIn | None] = {_attempts_at(each): each for each in found}
            counted = counted or {fingerprint(email): None}
            waits = {
                key: await queries.count_sign_in(db, key, self.settings.sign_in_attempts, window) for key in counted
            }
        if all(waits.values()):
            raise errors.TooManyAttempts(
                "Too many sign-ins failed for this e-mail. Wait, then try again.", retry_after=min(waits.values())
            )
        return [each for key, each in counted.items() if each is not None and not waits[key]]

    async def _choose(self, matching: list[queries.SignIn], account: str | None) -> queries.SignIn:
        if account is None and len(matching) == 1:
            return matching[0]
        names = {each: await self._account_name(each.account_id) for each in matching}
        chosen = [each for each, name in names.items() if account in (name, str(each.account_id))]
        if len(chosen) == 1:
            return chosen[0]
        listed = ", ".join(sorted(f"{name} ({each.account_id})" for each, name in names.items()))
        raise errors.AccountRequired(f"Name one of your accounts in `account`: {listed}.", field="account")

    async def _account_name(self, account_id: UUID) -> str | None:
        async with self.database.begin(Tenant(account_id)) as db:
            return await queries.find_account_name(db)

    async def _by_refresh_token(self, token: str, scope: str) -> TokenAnswer:
        async with self.database.begin(NOBODY) as db:
            found = await queries.find_refresh_token(db, fingerprint(token))
        if found is None:
            raise errors.InvalidGrant(errors.USED_UP)
        async with self.database.begin(Tenant(found[0])) as db:
            answer = await self._rotate(db, found[1], scope)
        if answer is None:  # only now: what was revoked must be committed
            raise errors.InvalidGrant(errors.USED_UP)
        return answer

    async def _rotate(self, db: Db, token_id: UUID, scope: str) -> TokenAnswer | None:
        """The next of its family; a token that comes twice was stolen from one of two, so neither goes on."""
        user_id = await queries.find_user_of_token(db, token_id)
        # The user before the token, as a change of the password locks them.
        user = await queries.lock_active_user(db, user_id) if user_id else None
        token = await queries.lock_refresh_token(db, token_id)
        now = await queries.real_time(db)
        if token is None or token.revoked_at is not None or token.expires_at <= now:
            return None
        if token.used_at is not None:
            await queries.revoke_family(db, token.family_id)
            return None
        if user is None:
            return None
        _must_be_within(scope, token.scope if token.scope else scope)
        token.used_at = now
        return await self._welcome(db, user, family_id=token.family_id, scope=token.scope, narrowed=scope)

    async def _welcome(self, db: Db, user: User, *, family_id: UUID, scope: str, narrowed: str = "") -> TokenAnswer:
        """`scope` stays with the family; `narrowed` is of this access token alone."""
        refresh_token = new_secret("ftr_")
        expires_at = await queries.real_time(db) + timedelta(days=self.settings.refresh_token_days)
        db.add(
            RefreshToken(
                user_id=user.id,
                family_id=family_id,
                token_hash=fingerprint(refresh_token),
                scope=scope,
                expires_at=expires_at,
            )
        )
        contractor_id = await queries.find_contractor_id(db, user.id) if user.role == "contractor" else None
        seconds, scope = self.settings.access_token_seconds, narrowed or scope
        answer = self._answer(user.account_id, str(user.id), user.role, seconds, user.id, contractor_id, scope=scope)
        return answer.model_copy(update={"refresh_token": refresh_token})

    async def _service(self, request: TokenRequest) -> TokenAnswer:
        service, secret = _needed(request, "client_id"), _needed(request, "client_secret")
        if request.account_id is None:
            raise Invalid("Say with account_id for which account the service acts.", field="account_id")
        expected = self.settings.service_secrets.get(service, "")
        if not hmac.compare_digest(fingerprint(secret), fingerprint(expected)) or not expected:
            raise errors.InvalidClient(errors.NO_CLIENT)
        _must_be_within(request.scope, self.settings.service_scopes.get(service, ""))
        if await self._account_name(request.account_id) is None:
            raise Invalid("There is no such account.", field="account_id")
        seconds = self.settings.access_token_seconds
        return self._answer(request.account_id, f"service:{service}", "service", seconds, scope=request.scope)

    async def by_api_key(self, key: str) -> TokenAnswer:
        async with self.database.begin(NOBODY) as db:
            found = await find_api_key(db, fingerprint(key))
        if found is None:
            raise errors.InvalidGrant(errors.NO_KEY)
        async with self.database.begin(Tenant(found[0])) as db:
            api_key = await api_keys.use(db, found[1])
        if api_key is None:
            raise errors.InvalidGrant(errors.NO_KEY)
        seconds, scope = self.settings.api_key_token_seconds, " ".join(api_key.scopes)
        return self._answer(api_key.account_id, f"api-key:{api_key.id}", api_key.role, seconds, scope=scope)

    def _answer(
        self,
        account_id: UUID,
        subject: str,
        role: str,
        seconds: int,
        user_id: UUID | None = None,
        contractor_id: UUID | None = None,
        *,
        scope: str = "",
    ) -> TokenAnswer:
        claims = {
            "sub": subject,
            "user_id": user_id and str(user_id),
            "account_id": str(account_id),
            "role": role,
            "scope": scope,
            "contractor_id": contractor_id and str(contractor_id),
        }
        token = self.keys.sign(claims, seconds=seconds)
        return TokenAnswer(access_token=token, expires_in=seconds, account_id=account_id, role=role)


def _attempts_at(user: queries.SignIn) -> str:
    return fingerprint(f"{user.account_id}/{user.user_id}")


def _must_be_within(asked: str, allowed: str) -> None:
    beyond = sorted(set(asked.split()) - set(allowed.split()))
    if beyond:
        raise errors.InvalidScope(f"The scope {beyond[0]} cannot be given here. Ask for less.", field="scope")


def _needed(request: TokenRequest, name: str) -> str:
    value = getattr(request, name)
    if value is None:
        raise Invalid(f"The grant {request.grant_type} needs {name}.", field=name)
    return str(value)
