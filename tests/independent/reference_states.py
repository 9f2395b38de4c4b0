"""States of reports and the acts that change them, from SEMANTICS 8 alone: see
reference.py."""

import dataclasses

LEADS = {  # verb: (from any of these, to)
    "approve": (("received", "returned"), "approved"),
    "return": (("received",), "returned"),
    "reopen": (("approved",), "received"),
}
LOCKED = "state.approved"  # why an approved key takes no new revision


@dataclasses.dataclass
class Act:
    """One that was done."""
    revision: int
    state: str    # that it led to
    account: str
    said: tuple   # the comment on the whole, and (criterion, comment) pairs, sorted
    at: int = 0   # microseconds

    @property
    def stored(self):
        return self.revision, self.state, self.account, self.said[0]


def last_act(acts, revision, now=None):
    """The last act about a revision, by an instant; None: there is none."""
    about = [act for act in acts if act.revision == revision and (now is None or act.at <= now)]
    return about[-1] if about else None


def state_of(acts, revision, now=None):
    """What the last act about it by then made of it, else received."""
    last = last_act(acts, revision, now)
    return last.state if last else "received"


def judge(verb, revisions, acts, meant, account, said):
    """What an act on a key comes to: ("done", None), ("again", the act that it repeats) or
    ("refused", code). `revisions`: those accepted, in order; `meant`: a revision's number."""
    if not revisions:
        return "refused", "report.unknown"
    current, (sources, state) = revisions[-1], LEADS[verb]
    if meant != current.number:
        return "refused", "state.changed"
    last = last_act(acts, meant)
    if last and (last.state, last.account, last.said) == (state, account, said):
        return "again", last
    if state_of(acts, meant) not in sources:
        return "refused", "state.not_allowed"
    if verb == "return" and not said[0].strip() and not said[1]:
        return "refused", "state.comment_required"
    if verb == "approve" and not current.complete:
        return "refused", "state.incomplete"
    return "done", None
