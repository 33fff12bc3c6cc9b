"""Hold two dialogs of a demo client open, today's appointment and the next: print each banner whenever it changes.

Run it beside `make run`, with `make dialog`. It prints the commands that change what the dialogs show.
"""

import argparse
import asyncio
import itertools
import json
import os
import urllib.request
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PICK = """
query ($day: Date!) {
  clients(search: "Mara Keller") {
    nodes { name appointments(from: $day, first: 2) { nodes { id serviceDate status } } }
  }
}
"""
WATCH = """
subscription ($appointment: ID!) {
  appointmentBanner(appointmentId: $appointment) {
    revision reason moreCount
    trackers { state used sessionLimit remaining over sessionNumber beginDate endDate note }
  }
}
"""


def ask(url: str, token: str, query: str, **variables: object) -> dict[str, Any]:
    """Return the data of a query."""
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as response:
        answer: dict[str, Any] = json.load(response)
    if answer.get("errors"):
        raise SystemExit(answer["errors"][0]["message"])
    data: dict[str, Any] = answer["data"]
    return data


def pick(url: str, token: str) -> list[dict[str, Any]]:
    """Return today's appointment of a client and the next one."""
    today = ask(url, token, "{ practice { today } }")["practice"]["today"]
    found: list[dict[str, Any]] = ask(url, token, PICK, day=today)["clients"]["nodes"]
    appointments: list[dict[str, Any]] = found[0]["appointments"]["nodes"] if found else []
    if len(appointments) < 2 or appointments[0]["serviceDate"] != today:
        raise SystemExit("The demo has moved on: stop it, and start afresh with `make clean-demo run`.")
    return appointments


def show(dialog: str, banner: dict[str, Any]) -> None:
    """Print a banner."""
    print(f"\n{dialog}: revision {banner['revision']}, {banner['reason']}")
    if not banner["trackers"]:
        print("  no banner: the day has not come")
    for tracker in banner["trackers"]:
        number = f", this is session {tracker['sessionNumber']}" if tracker["sessionNumber"] else ""
        print(
            f"  {tracker['used']} of {tracker['sessionLimit']} used, {tracker['remaining']} left{number}"
            f"  [{tracker['state']}]  {tracker['beginDate']} to {tracker['endDate'] or '…'}  {tracker['note'] or ''}"
        )


def suggest(url: str, token: str, appointment: str) -> None:
    """Print the commands that change what the dialog shows."""
    complete = (
        f'mutation {{ completeAppointment(input: {{appointmentId: "{appointment}"}}) {{ errors {{ message }} }} }}'
    )
    advance = "mutation { advanceClock(days: 4) { practice { today } errors { message } } }"
    for what, query in (("Complete the session:", complete), ("Let four days pass:", advance)):
        body = json.dumps({"query": query})
        headers = f"-H 'Content-Type: application/json' -H 'Authorization: Bearer {token}'"
        print(f"\n{what}\ncurl -s {url} {headers} -d '{body}'")


async def receive(socket: ClientConnection, wanted: str) -> dict[str, Any]:
    """Return the next message of that type, answering pings."""
    async for text in socket:
        message: dict[str, Any] = json.loads(text)
        if message["type"] == "ping":
            await socket.send('{"type":"pong"}')
        elif message["type"] == wanted:
            return message
        else:
            raise SystemExit(f"The server ended the dialog: {text!r}")
    raise SystemExit("The server closed the connection.")


async def hold_open(url: str, token: str, dialogs: dict[str, str], *, events: int | None) -> None:
    """Subscribe to the banner of each appointment and print it, for so many events or for ever."""
    address, protocol = url.replace("http", "ws", 1), Subprotocol("graphql-transport-ws")
    async with connect(address, subprotocols=[protocol]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
        await receive(socket, "connection_ack")
        for dialog, appointment in dialogs.items():
            payload = {"query": WATCH, "variables": {"appointment": appointment}}
            await socket.send(json.dumps({"id": dialog, "type": "subscribe", "payload": payload}))
        for _ in itertools.count() if events is None else range(events):
            message = await receive(socket, "next")
            show(message["id"], message["payload"]["data"]["appointmentBanner"])


def main() -> None:
    """Open the dialog."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/graphql")
    parser.add_argument("--token", required=True, help="as `make run` prints it, or `session-tracker token`")
    parser.add_argument("--events", type=int, help="leave after so many events")
    options = parser.parse_args()
    today, following = pick(options.url, options.token)
    suggest(options.url, options.token, today["id"])
    dialogs = {"today's dialog": today["id"], f"dialog of {following['serviceDate']}": following["id"]}
    with suppress(KeyboardInterrupt):
        asyncio.run(hold_open(options.url, options.token, dialogs, events=options.events))


if __name__ == "__main__":
    main()
