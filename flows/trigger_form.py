"""The inspector of step 1: a flow's name, its channel, and what starts it."""

from django import forms

from flows import nodes
from flows.forms import lines_of
from flows.graph import Graph, Trigger
from flows.nodes import CHANNELS, MATCHES, TRIGGERS
from flows.shapes import TRIGGER_SHAPES, cleaned, pattern_problem


class TriggerForm(forms.Form):
    """Step 1: the flow's name, its channel, and up to three things that start it."""

    name = forms.CharField(label="Name of the flow", max_length=80)
    channel = forms.ChoiceField(
        label="Channel",
        choices=list(CHANNELS.items()),
        help_text="Messages of the other channel are ignored.",
    )
    is_beside = forms.BooleanField(
        label="May run beside another flow in the same conversation", required=False
    )
    old_button = forms.CharField(
        label="Answer to a button that leads nowhere any more",
        max_length=nodes.BODY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    PLACES = 3

    def __init__(self, graph: Graph, name: str, data=None):
        initial = {
            "name": name,
            "channel": graph.channel,
            "is_beside": graph.is_beside,
            "old_button": graph.old_button,
        }
        super().__init__(data, initial=initial, auto_id="trigger_%s")
        for place in range(max(self.PLACES, len(graph.triggers))):
            known = graph.triggers[place] if place < len(graph.triggers) else None
            self._add(place, known)
        self.places = range(max(self.PLACES, len(graph.triggers)))

    def _add(self, place: int, trigger: Trigger | None) -> None:
        p = trigger.params if trigger else {}
        listed = p.get("words") or p.get("payloads") or []
        single = p.get("tag") or p.get("source") or ""
        self.fields[f"kind_{place}"] = forms.ChoiceField(
            label="It starts when" if place == 0 else "Or when",
            required=False,
            choices=[("", "Nothing"), *TRIGGERS.items()],
            initial=trigger.kind if trigger else "",
        )
        self.fields[f"match_{place}"] = forms.ChoiceField(
            label="The message", required=False, choices=list(MATCHES.items()),
            initial=p.get("match", "contains"),
        )  # fmt: skip
        self.fields[f"words_{place}"] = forms.CharField(
            label="Words, payloads, tag or ad id, one a line", required=False,
            max_length=4000, widget=forms.Textarea(attrs={"rows": 2}),
            initial="\n".join(listed) or single,
        )  # fmt: skip

    @property
    def groups(self) -> list[list]:
        names = ("kind", "match", "words")
        return [[self[f"{n}_{place}"] for n in names] for place in self.places]

    def triggers(self) -> list[Trigger]:
        found = []
        for place in self.places:
            kind = self.cleaned_data.get(f"kind_{place}")
            if kind:
                found.append(Trigger(kind, self._params(kind, place)))
        return found

    def clean(self):
        given = super().clean()
        if self.errors:
            return given
        for trigger in self.triggers():
            _, wrong = cleaned(trigger.params, TRIGGER_SHAPES[trigger.kind])
            if trigger.params.get("match") == "regex":
                patterns = trigger.params["words"]
                wrong += [
                    f"“{p[:40]}” {w}" for p in patterns if (w := pattern_problem(p))
                ]
            for sentence in wrong:
                self.add_error(None, sentence)
        return given

    def _params(self, kind: str, place: int) -> dict:
        listed = lines_of(self.cleaned_data.get(f"words_{place}"))
        given = {
            "words": listed,
            "payloads": listed,
            "tag": listed[0] if listed else "",
            "source": listed[0] if listed else "",
            "match": self.cleaned_data.get(f"match_{place}") or "contains",
        }
        return {shape.name: given[shape.name] for shape in TRIGGER_SHAPES[kind]}
