"""Who a browser is in the playground, kept in a signed cookie."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from bot.domain.identity import BlobKey, Person
from bot.surfaces.web.people import FIRST_PERSON, PEOPLE

SESSION_MAX_AGE_S = 30 * 24 * 3600
UPLOAD_MAX_AGE_S = 50 * 60
"""An upload that nobody uses is taken away after an hour."""


class Session:
    """Signs and reads the cookie, and the tokens that stand for a browser's uploads."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._person = URLSafeTimedSerializer(secret, salt="playground-session")
        self._upload = URLSafeTimedSerializer(secret, salt="playground-upload")
        self._secure = secure
        self.cookie = "__Host-impasto" if secure else "impasto"

    def person(self, request: Request) -> Person:
        """Who asks; the first person when the cookie is missing, old or not ours."""
        try:
            user = self._person.loads(
                request.cookies.get(self.cookie, ""), max_age=SESSION_MAX_AGE_S
            )
        except BadSignature:
            return FIRST_PERSON
        return PEOPLE.get(user, FIRST_PERSON) if isinstance(user, str) else FIRST_PERSON

    def remember(self, response: Response, person: Person) -> None:
        """Makes the browser `person` from now on."""
        response.set_cookie(
            self.cookie,
            self._person.dumps(person.user),
            max_age=SESSION_MAX_AGE_S,
            httponly=True,
            samesite="lax",
            secure=self._secure,
            path="/",
        )

    def upload_token(self, person: Person, key: BlobKey) -> str:
        """Stands for a stored upload: only who brought it can use it."""
        return self._upload.dumps([person.user, key])

    def upload(self, person: Person, token: str) -> BlobKey | None:
        """The upload behind a token; None when it is not this person's, or over."""
        try:
            found = self._upload.loads(token, max_age=UPLOAD_MAX_AGE_S)
        except BadSignature:
            return None
        match found:
            case [str(user), str(key)] if user == person.user:
                return BlobKey(key)
            case _:
                return None
