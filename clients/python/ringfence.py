"""Asks Ringfence's call gate before each call, and tells it afterwards how the call ended.

One file without dependencies, for Python 3.9 and later: copy it beside your program.

    gate = Ringfence("https://ringfence.example.com", key)
    outcome = gate.with_authorization(dial, "+14165550123", agent_id=agent_id)

Nothing but ``Decision.allowed is True`` means that a call may be dialed. No answer, a refusal and an error of the network are
decisions with ``allowed`` False, and no exceptions. Only arguments that are wrong raise (``ValueError``), before anything is sent.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import ssl
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Dict, Optional, Tuple, Union
from urllib.parse import urlsplit

__all__ = ["Decision", "NotDialed", "Outcome", "Ringfence", "Settlement"]

_MAX_KEY_LENGTH = 255
_MOST_KEYS = 4
_LONGEST_PAUSE = 2.0
_MAX_ANSWER_BYTES = 1_000_000


class NotDialed(Exception):
    """Raised by a dialer that knows that it placed no call: the call is given back. After other exceptions it stays counted."""

    def __init__(self, reason: str = "not_dialed") -> None:
        """
        :param reason: not_dialed, caller_abandoned, trunk_unavailable, duplicate_request or test_call
        """
        super().__init__(f"The call was not dialed: {reason}")
        self.reason = reason


@dataclass(frozen=True)
class Decision:
    """What the gate said of a call. It is true only when the call may be dialed."""

    #: allowed, denied (the gate said no), refused (the request is wrong) or undecided (no answer came)
    outcome: str
    #: What to send again, or to settle by.
    idempotency_key: str
    #: Why not, or what to do; the words of the gate where it said something.
    message: str
    #: Of an allowed or a denied call: see docs/reasons.
    reason_code: Optional[str] = None
    #: Names the call when it is settled.
    authorization_id: Optional[str] = None
    #: The number to call from (E.164), and the number to call.
    caller: Optional[str] = None
    destination: Optional[str] = None
    #: The status of a refusal, and the code of its problem: see docs/problems.
    status: Optional[int] = None
    code: Optional[str] = None
    #: The whole answer: ``from``, ``limit``, ``used``, ``expiresAt`` and more.
    answer: Dict[str, Any] = field(default_factory=dict)

    @property
    def allowed(self) -> bool:
        """Whether the call may be dialed."""
        return self.outcome == "allowed"

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Settlement:
    """What became of a report to the gate."""

    #: settled; undelivered (send it again by :meth:`Ringfence.settle`); refused (the call stays as it was, which is counted);
    #: later (a webhook settles)
    state: str
    #: complete or void
    operation: str
    #: What was sent: plain JSON that may be kept and sent again.
    body: Dict[str, Any]
    message: str = ""
    status: Optional[int] = None
    code: Optional[str] = None
    #: The record of the call, when it is settled.
    record: Dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What :meth:`Ringfence.with_authorization` came to."""

    #: dialed, not_dialed, dial_failed, denied, refused or undecided
    outcome: str
    decision: Decision
    #: None when nothing was settled.
    settlement: Optional[Settlement] = None
    #: What the dialer raised. After ``dial_failed`` the call stays counted: settle it when you know what became of it.
    error: Optional[Exception] = None


#: A mapping with ``disposition`` (and ``duration_seconds``, ``sip_code``, ``external_call_id``, ``cost``, ``currency``), or with
#: ``not_dialed`` and a reason, or with ``settle_later`` True.
DialResult = Dict[str, Any]


@dataclass(frozen=True)
class _Answer:
    kind: str
    message: str
    attempts: int
    status: Optional[int] = None
    body: Dict[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> Optional[str]:
        return self.body.get("code") if isinstance(self.body.get("code"), str) else None


class Ringfence:
    """Asks and settles. It holds no connection, and may be used by several threads at once."""

    def __init__(self, url: str, key: str, timeout: float = 3.0, total: float = 12.0) -> None:
        """
        :param url: where Ringfence is, without ``/api/v1``: ``https://ringfence.example.com``
        :param key: an API key that may authorize and settle calls
        :param timeout: seconds that one request may take; the gate itself gives up after 2
        :param total: seconds that all tries for an answer may take together, waiting included
        :raises ValueError: for an address, a key or a time that is none
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(f"url must look like https://ringfence.example.com, not {url!r}")
        if not isinstance(key, str) or not _is_printable(key):
            raise ValueError("key must be an API key of Ringfence, which is printable ASCII")
        for name, value in (("timeout", timeout), ("total", total)):
            if not 0 < value < 86_400:
                raise ValueError(f"{name} must be seconds above 0, not {value!r}")
        self._secure = parts.scheme == "https"
        self._address: Tuple[str, Optional[int]] = (parts.hostname, parts.port)
        self._path = parts.path.rstrip("/") + "/api/v1/call-gate/"
        self._key = key
        self._timeout = timeout
        self._total = total
        self._tls = ssl.create_default_context() if self._secure else None

    def authorize(
        self,
        destination: str,
        *,
        agent_id: Optional[str] = None,
        agent_external_id: Optional[str] = None,
        assignment_id: Optional[str] = None,
        caller: Optional[str] = None,
        idempotency_key: Optional[str] = None,
    ) -> Decision:
        """Asks whether a call may be placed, and asks again with the same key until there is an answer or the time is over.

        :param destination: the number to call (E.164)
        :param agent_id: who calls; this, ``agent_external_id`` or ``assignment_id`` is required
        :param caller: which of the agent's numbers to call from
        :param idempotency_key: names the call, 1 to 255 printable ASCII characters; a UUID when left out
        :raises ValueError: for a key that is none
        """
        key = str(uuid.uuid4()) if idempotency_key is None else idempotency_key
        if not _is_key(key):
            raise ValueError(f"idempotency_key must be 1 to {_MAX_KEY_LENGTH} printable ASCII characters")
        names = ("agentId", "agentExternalId", "assignmentId", "from")
        given = zip(names, (agent_id, agent_external_id, assignment_id, caller))
        body = {"destination": destination, **{name: value for name, value in given if value is not None}}
        return self._authorize(body, key, time.monotonic() + self._total)

    def complete(
        self,
        authorization_id: Optional[str] = None,
        disposition: str = "answered",
        *,
        idempotency_key: Optional[str] = None,
        duration_seconds: Optional[int] = None,
        sip_code: Optional[int] = None,
        external_call_id: Optional[str] = None,
        cost: Optional[str] = None,
        currency: Optional[str] = None,
    ) -> Settlement:
        """Tells how a call ended, and again until the gate has it or the time is over.

        :param authorization_id: the call; or its ``idempotency_key`` in place of it
        :param disposition: answered, no_answer, busy, rejected, failed, canceled or voicemail
        :param cost: decimal, as text
        :param currency: ISO 4217
        :raises ValueError: when no call is named, or two
        """
        names = ("disposition", "durationSeconds", "sipCode", "externalCallId", "cost", "currency")
        facts = zip(names, (disposition, duration_seconds, sip_code, external_call_id, cost, currency))
        known = {name: value for name, value in facts if value is not None}
        return self.settle("complete", {**_named(authorization_id, idempotency_key), **known})

    def void(
        self,
        authorization_id: Optional[str] = None,
        reason: str = "not_dialed",
        *,
        idempotency_key: Optional[str] = None,
    ) -> Settlement:
        """Gives a call back that was not dialed, and again until the gate has it or the time is over.

        :param authorization_id: the call; or its ``idempotency_key`` in place of it
        :param reason: not_dialed, caller_abandoned, trunk_unavailable, duplicate_request or test_call
        :raises ValueError: when no call is named, or two
        """
        return self.settle("void", {**_named(authorization_id, idempotency_key), "reason": reason})

    def settle(self, operation: str, body: Dict[str, Any]) -> Settlement:
        """Sends a report of :class:`Settlement` once more: ``gate.settle(undelivered.operation, undelivered.body)``.

        :raises ValueError: for an operation that is neither complete nor void
        """
        if operation not in ("complete", "void"):
            raise ValueError("operation must be complete or void")
        answer = self._ask(operation, body, {}, _is_settlement, time.monotonic() + self._total)
        state = {"answered": "settled", "refused": "refused"}.get(answer.kind, "undelivered")
        record = answer.body if state == "settled" else {}
        return Settlement(state, operation, body, answer.message, answer.status, answer.code, record)

    def with_authorization(
        self,
        dial: Callable[[Decision], DialResult],
        destination: str,
        **call: Any,
    ) -> Outcome:
        """Asks, calls ``dial`` once when the call is allowed, and settles with what it returns.

        An exception of ``dial`` leaves the call counted, for it may have been placed; :class:`NotDialed` gives it back.
        ``KeyboardInterrupt`` and ``SystemExit`` go on to the caller.

        :param dial: is given the decision (``caller``, ``destination``, ``authorization_id``) and returns a mapping with
            ``disposition`` and its facts, with ``not_dialed`` and a reason, or with ``settle_later`` True
        :param call: what :meth:`authorize` takes
        :raises ValueError: for a key that is none
        """
        decision = self.authorize(destination, **call)
        if not decision.allowed:
            return Outcome(decision.outcome, decision)
        try:
            return self._settle_result(decision, dial(decision))
        except NotDialed as error:
            return Outcome("not_dialed", decision, self.void(decision.authorization_id, error.reason), error)
        except Exception as error:  # pylint: disable=broad-except
            return Outcome("dial_failed", decision, None, error)

    def _settle_result(self, decision: Decision, result: DialResult) -> Outcome:
        if "not_dialed" in result:
            return Outcome("not_dialed", decision, self.void(decision.authorization_id, result["not_dialed"]))
        if result.get("settle_later") is True:
            return Outcome("dialed", decision, Settlement("later", "complete", {}))
        if "disposition" not in result:
            raise TypeError("dial must return disposition, not_dialed or settle_later: the call was not settled")
        names = ("disposition", "duration_seconds", "sip_code", "external_call_id", "cost", "currency")
        facts = {name: result[name] for name in names if name in result}
        return Outcome("dialed", decision, self.complete(decision.authorization_id, **facts))

    def _authorize(self, body: Dict[str, Any], given_key: str, deadline: float) -> Decision:
        for count in range(1, _MOST_KEYS + 1):
            # Made of the given key, so that another run for the same call comes to the same keys.
            key = given_key if count == 1 else f"{given_key}:{count}"
            answer = self._ask("authorize", body, {"Idempotency-Key": key}, _is_decision, deadline)
            # The API gave the call back because the connection of an earlier try had ended: that try dialed nothing.
            was_given_back = answer.attempts > 1 and answer.body.get("reasonCode") == "authorization_voided"
            if not was_given_back or not _is_key(f"{given_key}:{count + 1}"):
                break
        return _decision_of(answer, key)

    def _ask(
        self,
        operation: str,
        body: Dict[str, Any],
        headers: Dict[str, str],
        is_answer: Callable[[Any], bool],
        deadline: float,
    ) -> _Answer:
        payload = json.dumps(body).encode("ascii")
        attempts = 0
        while True:
            attempts += 1
            pause = min(_LONGEST_PAUSE, 0.1 * 2**attempts) * random.uniform(0.5, 1.0)
            try:
                timeout = max(0.001, min(self._timeout, deadline - time.monotonic()))
                status, retry_after, answer = self._send(operation, payload, headers, timeout)
                judged = _judge(status, answer, is_answer, attempts)
                pause = max(pause, _seconds_of(retry_after))
            except (OSError, http.client.HTTPException, ValueError) as error:
                judged = _Answer("unanswered", str(error) or type(error).__name__, attempts)
            if judged.kind != "unanswered" or time.monotonic() + pause >= deadline:
                return judged
            time.sleep(pause)

    def _send(
        self, operation: str, payload: bytes, headers: Dict[str, str], timeout: float
    ) -> Tuple[int, Optional[str], Any]:
        host, port = self._address
        connection: Union[http.client.HTTPConnection, http.client.HTTPSConnection]
        if self._tls:
            connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=self._tls)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=timeout)
        started = time.monotonic()
        try:
            connection.connect()
            # The time-out of a socket is for each read; this one is for the request.
            watch = threading.Timer(max(0.001, timeout - (time.monotonic() - started)), _hang_up, [connection.sock])
            watch.daemon = True
            watch.start()
            try:
                bearer = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
                connection.request("POST", self._path + operation, payload, {**bearer, **headers})
                response = connection.getresponse()
                text = response.read(_MAX_ANSWER_BYTES)
                if response.length:
                    raise http.client.IncompleteRead(text, response.length)
                return response.status, response.getheader("Retry-After"), _parsed(text)
            finally:
                watch.cancel()
        finally:
            connection.close()


def _decision_of(answer: _Answer, key: str) -> Decision:
    if answer.kind == "refused":
        return Decision("refused", key, answer.message, status=answer.status, code=answer.code)
    if answer.kind != "answered":
        return Decision("undecided", key, answer.message, status=answer.status, code=answer.code)
    body = answer.body
    allowed = body["allowed"] is True
    return Decision(
        "allowed" if allowed else "denied",
        key,
        str(body.get("message", "")),
        body["reasonCode"],
        body["authorizationId"],
        body["from"]["phoneNumber"] if allowed else None,
        body["destination"]["phoneNumber"] if allowed else None,
        answer=body,
    )


def _judge(status: int, body: Any, is_answer: Callable[[Any], bool], attempts: int) -> _Answer:
    if 200 <= status < 300 and is_answer(body):
        return _Answer("answered", "", attempts, status, body)
    is_problem = isinstance(body, dict) and isinstance(body.get("code"), str)
    message = str(body.get("detail", "")) if is_problem else f"HTTP {status} from something that is not Ringfence"
    may_pass = status in (408, 425, 429) and not (is_problem and body["code"] == "void_limit_reached")
    kind = "refused" if 400 <= status < 500 and not may_pass else "unanswered"
    return _Answer(kind, message, attempts, status, body if is_problem else {})


def _is_decision(body: Any) -> bool:
    """A success of something in between is no decision, and one that allows must say what to dial with."""
    if not isinstance(body, dict) or not isinstance(body.get("reasonCode"), str):
        return False
    if not isinstance(body.get("authorizationId"), str):
        return False
    ends = (body.get("from"), body.get("destination"))
    is_whole = all(isinstance(end, dict) and isinstance(end.get("phoneNumber"), str) and end["phoneNumber"] for end in ends)
    return body.get("allowed") is False or (body.get("allowed") is True and is_whole)


def _is_settlement(body: Any) -> bool:
    return isinstance(body, dict) and "id" in body and "status" in body and "decision" in body


def _named(authorization_id: Optional[str], idempotency_key: Optional[str]) -> Dict[str, str]:
    if authorization_id and not idempotency_key:
        return {"authorizationId": authorization_id}
    if idempotency_key and not authorization_id:
        return {"idempotencyKey": idempotency_key}
    raise ValueError("name the call by authorization_id or by idempotency_key")


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _seconds_of(retry_after: Optional[str]) -> float:
    """Seconds or a date (RFC 9110); zero without either."""
    value = (retry_after or "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
        return max(0.0, (date - datetime.now(timezone.utc)).total_seconds())
    except (TypeError, ValueError, IndexError):
        return 0.0


def _hang_up(connected: socket.socket) -> None:
    try:
        connected.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _is_printable(text: str) -> bool:
    return len(text) > 0 and all(" " <= character <= "~" for character in text) and text.strip() == text


def _is_key(key: Any) -> bool:
    return isinstance(key, str) and len(key) <= _MAX_KEY_LENGTH and _is_printable(key)
