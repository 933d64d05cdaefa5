"""Asks the call gate, and places a call only if it is allowed. Standard library only, Python 3.9 or later.

    import gate

    ringfence = gate.Gate("https://ringfence.example", key)
    ringfence.place(call_id, agent_id, "+14165550123", dial)

`dial(caller_id, number, authorization_id)` places the call and returns how it went, such as
{"disposition": "answered", "durationSeconds": 42}; it raises NotPlaced when there was no call.
"""

import json
import sys
import time
import urllib.error
import urllib.request


class Denied(Exception):
    """The gate denied the call; the first argument is the reason code."""


class NotDecided(Exception):
    """The gate did not decide. Do not dial; ask again later, with the same call_id."""


class NotSettled(Exception):
    """The gate did not take the settlement. Settle again later; never dial again for it."""


class RequestRefused(Exception):
    """The gate refused the request: its arguments are the HTTP status and the code. Retrying does not help."""


class NotPlaced(Exception):
    """Raised by `dial` when it is certain that there was no call."""


class Gate:
    def __init__(self, url, api_key, timeout=3, attempts=3):
        """timeout: seconds without an answer; the gate itself gives up after 2."""
        self.base = url + "/api/v1/call-gate/"
        self.api_key = api_key
        self.timeout = timeout
        self.attempts = attempts

    def place(self, call_id, agent_id, destination, dial):
        """Returns the authorization's id. call_id is the dialer's own id of the call, the same in each retry."""
        decision = self.authorize(call_id, agent_id, destination)
        if not decision["allowed"]:
            raise Denied(decision["reasonCode"])
        authorization_id = decision["authorizationId"]
        try:
            outcome = dial(decision["from"]["phoneNumber"], decision["destination"]["phoneNumber"], authorization_id)
        except NotPlaced:
            self.void(authorization_id, "not_dialed")
            raise
        self.complete(authorization_id, **outcome)
        return authorization_id

    def authorize(self, call_id, agent_id, destination):
        body = {"agentId": agent_id, "destination": destination}
        return self._post("authorize", body, {"Idempotency-Key": call_id})

    def complete(self, authorization_id, **outcome):
        self._settle("complete", {"authorizationId": authorization_id, **outcome})

    def void(self, authorization_id, reason):
        self._settle("void", {"authorizationId": authorization_id, "reason": reason})

    def _settle(self, path, body):
        try:
            self._post(path, body)
        except NotDecided as error:
            raise NotSettled(*error.args) from error
        except RequestRefused as error:
            # 409: the call was settled before, or can no longer be given back.
            if error.args[0] != 409:
                raise

    def _post(self, path, body, headers=None):
        request = urllib.request.Request(
            self.base + path,
            data=json.dumps(body).encode(),
            headers={
                "Authorization": "Bearer " + self.api_key,
                "Content-Type": "application/json",
                **(headers or {}),
            },
        )
        for attempt in range(1, self.attempts + 1):
            wait = 1.0
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as response:
                    return json.load(response)
            except urllib.error.HTTPError as error:
                if error.code < 500 and error.code != 429:
                    raise RequestRefused(error.code, _code_of(error)) from None
                if (error.headers["Retry-After"] or "").isdigit():
                    wait = float(error.headers["Retry-After"])
            except (OSError, ValueError):
                pass  # No answer, or one that broke off.
            if attempt < self.attempts:
                time.sleep(wait)
        raise NotDecided("The call gate gave no decision.")


def _code_of(error):
    try:
        return json.load(error).get("code", "")
    except ValueError:
        return ""


def main(arguments):
    """gate.py CALL_ID AGENT_ID DESTINATION COMMAND...: as dial.sh does."""
    import os
    import subprocess

    if len(arguments) < 4:
        print("usage: gate.py CALL_ID AGENT_ID DESTINATION COMMAND...", file=sys.stderr)
        return 1
    call_id, agent_id, destination, *command = arguments

    def dial(*call):
        done = subprocess.run([*command, *call], stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise NotPlaced()
        disposition, *seconds = done.stdout.split()
        return {"disposition": disposition, **({"durationSeconds": int(seconds[0])} if seconds else {})}

    timeout = float(os.environ.get("RINGFENCE_TIMEOUT", "3"))
    ringfence = Gate(os.environ["RINGFENCE_URL"], os.environ["RINGFENCE_KEY"], timeout)
    try:
        ringfence.place(call_id, agent_id, destination, dial)
    except Denied as denied:
        print("deny", denied.args[0])
        return 2
    except NotDecided:
        return 75
    except NotSettled:
        return 76
    except (NotPlaced, RequestRefused) as error:
        print(*error.args, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
