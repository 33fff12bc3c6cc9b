"""Random documents on the banner's subscription, with events for them, that tell what is in them."""

from dataclasses import dataclass, field
from typing import Any

from graphql import DocumentNode, parse, validate
from hypothesis import assume
from hypothesis import strategies as st

from models.banner import Banner, BannerTracker
from models.terms import ChangeReason, TrackerState
from tests.graph.live.projecting import SCHEMA

BANNER = ("appointmentId", "clientId", "revision", "reason", "trackers", "primary", "moreCount", "__typename")
TRACKER = (
    *("trackerId", "state", "sessionLimit", "used", "remaining", "over", "sessionNumber"),
    *("beginDate", "endDate", "note", "color", "__typename"),
)
FIELDS = {"Banner": BANNER, "BannerTracker": TRACKER}
EXCHANGED = {"note": "color", "color": "note", "revision": "reason", "reason": "revision"}
FEATURES = {
    *("alias", "alias of another field's name", "merged leaf", "merged object", "empty object"),
    *("named fragment", "fragment used twice", "fragment in fragment", "inline fragment", "inline fragment on type"),
    *("__typename of Banner", "__typename of BannerTracker", "skip literal", "skip variable"),
    *("include literal", "include variable", "skip and include", "argument literal", "argument variable"),
    *("no trackers", "8 trackers", "no note", "note", "largest limit", *BANNER, *TRACKER),
}


@dataclass
class Writer:
    """Writes a random document on the banner's subscription, and notes what it put in."""

    draw: Any
    exchanged: bool
    features: set[str] = field(default_factory=set)
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)
    flags: dict[str, bool] = field(default_factory=dict)

    def chance(self, *, of: int) -> bool:
        """Return true once in so many times."""
        return bool(self.draw(st.integers(1, of)) == 1)

    def document(self) -> tuple[str, dict[str, object]]:
        """Return a document and the values of its variables."""
        selection = self.selection("Banner", depth=0)
        variables: dict[str, object] = {**self.flags}
        declared = [f"${name}: Boolean!" for name in self.flags]
        arguments = 'appointmentId: "abc", knownRevision: 3'
        if self.chance(of=2):
            declared += ["$id: ID!", "$known: Int = 7"]
            variables |= {"id": "abc"} if self.chance(of=2) else {"id": "abc", "known": None}
            arguments = "appointmentId: $id, knownRevision: $known"
        self.features.add("argument variable" if "id" in variables else "argument literal")
        root = f"{self.alias('banner')}appointmentBanner({arguments}) {selection}"
        fragments = [f"fragment {name} on {type_} {body}" for name, (type_, body) in self.fragments.items()]
        operation = f"subscription Watch{'(' + ', '.join(declared) + ')' if declared else ''} {{ {root} }}"
        return "\n".join(self.draw(st.permutations([operation, *fragments]))), variables

    def selection(self, type_: str, *, depth: int) -> str:
        """Return a selection set of one to five selections."""
        kinds = st.sampled_from(["field"] * 5 + ["inline", "new fragment", "old fragment"] * (depth < 3))
        chosen = self.draw(st.lists(kinds, min_size=1, max_size=5))
        return "{ " + " ".join(self.selected(kind, type_, depth=depth + 1) for kind in chosen) + " }"

    def selected(self, kind: str, type_: str, *, depth: int) -> str:
        """Return one selection."""
        known = [name for name, (on, _) in self.fragments.items() if on == type_]
        if kind == "inline":
            condition = f" on {type_}" if self.chance(of=2) else ""
            self.features.add("inline fragment on type" if condition else "inline fragment")
            return f"...{condition}{self.directives()} {self.selection(type_, depth=depth)}"
        if kind == "old fragment" and known:
            self.features.add("fragment used twice")
            return f"...{self.draw(st.sampled_from(known))}{self.directives()}"
        if kind != "field":
            body = self.selection(type_, depth=depth)
            name = f"F{len(self.fragments)}"
            self.fragments[name] = (type_, body)
            self.features |= {"named fragment"} | ({"fragment in fragment"} if "...F" in body else set())
            return f"...{name}{self.directives()}"
        name = self.draw(st.sampled_from(FIELDS[type_]))
        self.features |= {name} | ({f"__typename of {type_}"} if name == "__typename" else set())
        body = self.selection("BannerTracker", depth=depth) if name in ("trackers", "primary") else ""
        return f"{self.alias(name)}{name}{self.directives()} {body}"

    def alias(self, name: str) -> str:
        """Return an alias: none, one of the field's own, or, in some documents, the names of two fields exchanged."""
        if self.exchanged and name in EXCHANGED:
            self.features.add("alias of another field's name")
            return f"{EXCHANGED[name]}: "
        if not self.chance(of=3):
            return ""
        self.features.add("alias")
        return f"{name.strip('_')}_{self.draw(st.sampled_from('ab'))}: "

    def directives(self) -> str:
        """Return none, @skip, @include or both, on a literal or a variable."""
        names = self.draw(
            st.sampled_from([()] * 5 + [("skip",), ("include",), ("include", "skip"), ("skip", "include")])
        )
        written = ""
        for name in names:
            value = self.draw(st.sampled_from(["true", "false", "$a", "$b"]))
            if value.startswith("$"):
                self.flags.setdefault(value[1:], self.draw(st.booleans()))
            self.features.add(f"{name} {'variable' if value.startswith('$') else 'literal'}")
            written += f" @{name}(if: {value})"
        if len(names) > 1:
            self.features.add("skip and include")
        return written


COUNTS = st.one_of(st.integers(0, 20), st.sampled_from([2**31 - 1, -(2**31)]))
TRACKERS = st.builds(
    BannerTracker,
    tracker_id=st.uuids(),
    state=st.sampled_from(TrackerState),
    session_limit=COUNTS,
    used=COUNTS,
    remaining=COUNTS,
    over=COUNTS,
    session_number=st.none() | COUNTS,
    begin_date=st.dates(),
    end_date=st.none() | st.dates(),
    note=st.none() | st.text(max_size=8),
    color=st.sampled_from(["#000000", "#3366CC", "#FFFFFF"]),
)
BANNERS = st.builds(
    Banner,
    appointment_id=st.uuids(),
    client_id=st.uuids(),
    revision=COUNTS,
    reason=st.sampled_from(ChangeReason),
    trackers=st.builds(
        lambda some, times: tuple(some * times)[:8], st.lists(TRACKERS, max_size=3), st.sampled_from([1, 8])
    ),
)


@dataclass(frozen=True)
class Case:
    """A valid document, the values of its variables, an event, and what is in them."""

    text: str
    document: DocumentNode
    variables: dict[str, object]
    banner: Banner
    features: set[str]


@st.composite
def cases(draw: Any) -> Case:
    """Draw a case."""
    writer = Writer(draw, exchanged=draw(st.integers(1, 4)) == 1)
    text, variables = writer.document()
    document = parse(text)
    assume(not validate(SCHEMA._schema, document))
    banner = draw(BANNERS)
    notes = {"no note" if tracker.note is None else "note" for tracker in banner.trackers}
    limits = {"largest limit" for tracker in banner.trackers if tracker.session_limit == 2**31 - 1}
    known = writer.features | notes | limits | {{0: "no trackers"}.get(n := len(banner.trackers), f"{n} trackers")}
    return Case(text, document, variables, banner, known)
