"""Reads a scenario as JSON from standard input, runs its calls at once, and prints what they came to as JSON."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from ringfence import NotDialed, Ringfence

scenario = json.load(sys.stdin)
gate = Ringfence(scenario["url"], scenario["key"], **scenario.get("times", {}))


def run(call):
    dialed = []

    def dial(decision):
        dialed.append(asdict(decision))
        if "raises" in scenario:
            reason = scenario["raises"]
            raise RuntimeError("socket hang up") if reason == "error" else NotDialed(reason)
        return scenario.get("returns", {"disposition": "answered", "duration_seconds": 42})

    outcome = gate.with_authorization(dial, **call)
    if scenario.get("sendsAgain"):
        undelivered = json.loads(json.dumps(asdict(outcome.settlement)))
        settlement = asdict(gate.settle(undelivered["operation"], undelivered["body"]))
    else:
        settlement = asdict(outcome.settlement) if outcome.settlement else None
    return {
        "outcome": outcome.outcome,
        "allowed": bool(outcome.decision),
        "decision": asdict(outcome.decision),
        "settlement": settlement,
        "error": outcome.error and str(outcome.error),
        "dialed": dialed,
    }


with ThreadPoolExecutor(len(scenario["calls"])) as threads:
    print(json.dumps(list(threads.map(run, scenario["calls"]))))
