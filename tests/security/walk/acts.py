"""What people do on the walk, through the pages; beside each, what the guides say comes of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from app.models import Dossier
from app.rules.access import Opened
from app.services.members import access, states
from tests import factories
from tests.conftest import System
from tests.security.walk import oracle
from tests.security.walk.browsers import Browsers
from tests.security.walk.oracle import BY_FACILITY, BY_PROJECT, Grants, Key, Member, Person
from tests.security.walk.world import POSTCODES, kept

#: What the portal's parameter says of deletions, in days.
UNDONE_WITHIN = 30


class Acts(Browsers):
    """Each act answers whom it concerns. The model moves as it should; the walk then compares."""

    system: System
    #: The clock of the walk.
    moment: dt.datetime

    # --- What is opened ----------------------------------------------------------------------------

    def change(self, who: int, number: int, wanted: Grants) -> set[int]:
        """The access tree of one person, sent whole."""
        them = self.state.members[number]
        new = [wanted[key] for key in wanted if key not in them.grants]
        form: dict[str, Any] = {
            "vu": self._seal(them),
            "etape": "enregistrer",
            "duree": "periode" if new else "sans",
        }
        form["acces"] = [_named(key) for key in wanted]
        if new:
            form |= {"du": _day(new[0][0]), "au": _day(new[0][1])}
        for key in wanted.keys() & them.grants.keys():
            if wanted[key] != them.grants[key]:
                form |= {f"du-{_named(key)}": _day(wanted[key][0]), f"au-{_named(key)}": _day(wanted[key][1])}
        self.send(who, f"/utilisateurs/{number}/acces/", form)
        if self._may_write(who, "/utilisateurs/<id>/acces/", number):
            self._changed(who, {number: wanted})
        return {them.user}

    def tick(self, who: int, boxes: Mapping[int, Key]) -> set[int]:
        """The matrix: one box of each person ticked, or unticked; all or nothing."""
        key = next(iter(boxes.values()))
        about = key[0] if key[0] in {*BY_FACILITY, *BY_PROJECT} else "organisation"
        form: dict[str, Any] = {"dossier": about, "etape": "enregistrer"}
        ticked, wanted = [], {}
        for number, them in sorted(self.state.members.items()):
            after = dict(them.grants)
            if number in boxes and after.pop(key, None) is None:
                after[key] = (self.state.today, None)
            ticked += [f"{number}:{_named(one)}" for one in after]
            form[f"vu-{number}"] = self._seal(them)
            if number in boxes:
                wanted[number] = after
        self.send(who, "/utilisateurs/matrice/", form | {"c": ticked})
        me = self.state.acting(self.seats[who])
        if self.may_post(who, "/utilisateurs/matrice/") and isinstance(me, Member):
            # The page shows the boxes of its own people, and locks those of whom may not be touched.
            wanted = {
                number: after for number, after in wanted.items()
                if oracle.may_touch(self.state, me, self.state.members[number])
                and oracle.exists(self.state, me.organiser, key)
            }  # fmt: skip
            self._changed(who, wanted)
        return {self.state.members[number].user for number in boxes}

    def take_away(self, who: int, number: int, key: Key) -> set[int]:
        """One click in the yearly review."""
        them = self.state.members[number]
        form = {"personne": number, "acces": _named(key), "vu": self._seal(them)}
        self.send(who, "/utilisateurs/revue/retirer", form)
        row = ("member", number)
        if self.may_post(who, "/utilisateurs/revue/retirer", row):
            self._changed(who, {number: {one: days for one, days in them.grants.items() if one != key}})
        return {them.user}

    def _changed(self, who: int, wanted: Mapping[int, Grants]) -> None:
        me = self.state.acting(self.seats[who])
        assert isinstance(me, Member)
        if not all(oracle.may_change(self.state, me, self.state.members[one], wanted[one]) for one in wanted):
            return
        after = self.state.copy()
        for number, grants in wanted.items():
            after.members[number].grants = dict(grants)
        if self.state.lasting(me.organiser) <= after.lasting(me.organiser):
            self.state = after

    # --- People ------------------------------------------------------------------------------------

    def move(self, who: int, number: int, verb: str) -> set[int]:
        """« Désactiver », « Réactiver », « Supprimer »."""
        them = self.state.members[number]
        self.send(who, f"/utilisateurs/{number}/{verb}", {})
        if self._may_write(who, f"/utilisateurs/<id>/{verb}", number):
            me, state = self.state.acting(self.seats[who]), _STATES[verb]
            assert isinstance(me, Member)
            after = self.state.copy()
            after.members[number].state, after.members[number].since = state, after.today
            kept = self.state.lasting(me.organiser) <= after.lasting(me.organiser)
            may = oracle.may_touch(self.state, me, them)
            if state == "actif":
                may = may and oracle.may_give_back(self.state, me, them)
            if may and kept and them.state != state:
                self.state = after
                if state != "actif":
                    self.end_sessions(them.user)
        return {them.user}

    def leave(self, who: int) -> set[int]:
        """« Quitter l’organisation », the last administrator not."""
        self.send(who, "/mes-acces/quitter", {})
        me = self.state.acting(self.seats[who])
        if self.may_post(who, "/mes-acces/quitter") and isinstance(me, Member):
            after = self.state.copy()
            after.members[me.id].state, after.members[me.id].since = "supprime", after.today
            if self.state.lasting(me.organiser) <= after.lasting(me.organiser):
                self.state = after
                self.end_sessions(who)
        return {who}

    def add(self, who: int, user: int | None) -> set[int]:
        """« Ajouter un utilisateur »: somebody whom the portal knows, or (None) does not."""
        niss = factories.niss() if user is None else self.world.numbers[user]
        found = self.send(who, "/utilisateurs/ajouter/", _person(niss))
        me = self.state.acting(self.seats[who])
        if not niss or not self.may_post(who, "/utilisateurs/ajouter/") or not isinstance(me, Member):
            return set()
        rows = (
            one for one in self.state.members.values() if one.user == user and one.organiser == me.organiser
        )
        row = next(rows, None)
        if row is None:
            assert found.status_code == 302, found.get_data(as_text=True)
            number = int(found.headers["Location"].rstrip("/").rpartition("/")[2])
            if user is None:
                user = kept(self.engine, [me.organiser])[0][number].user
                assert user not in self.state.people, "an account that somebody else has"
                self.state.people[user], self.world.numbers[user] = Person(user), niss
            self.state.members[number] = Member(number, user, me.organiser, since=self.state.today)
            if user not in self.seats:
                self.sign_in(user)
        elif row.state == "supprime":
            row.state, row.since, row.grants = "actif", self.state.today, {}
        return {user} if user else set()

    def convert(self, who: int, user: int | None) -> set[int]:
        """« Convertir mon utilisateur », into a number that the portal knows, or not."""
        niss = factories.niss() if user is None else self.world.numbers[user]
        self.send(who, "/mon-utilisateur/", _person(niss))
        account = self.state.people[who]
        mine = [one for one in self.state.members.values() if one.user == who and one.state != "supprime"]
        theirs = {
            one.organiser for one in self.state.members.values() if user is not None and one.user == user
        }
        taken = any(one.organiser in theirs for one in mine)
        if account.known or account.converted or not niss or taken or not self.seats[who].alive:
            return set()
        account.converted = True
        if user is None:
            account.known, self.world.numbers[who] = True, niss
        for one in mine:
            one.user = who if user is None else user
        self.end_sessions(who)
        return {who, who if user is None else user}

    def restore(self, who: int, number: int) -> set[int]:
        """The helpdesk undoes a deletion."""
        them = self.state.members[number]
        self.send(who, f"/helpdesk/organisations/{them.organiser}/retablir", {"numero": number})
        door = ("door", them.organiser)
        late = (self.state.today - them.since).days > UNDONE_WITHIN
        if (
            self.may_post(who, "/helpdesk/organisations/<id>/retablir", door)
            and them.state == "supprime"
            and not late
        ):
            them.state, them.since = "actif", self.state.today
        return {them.user}

    # --- Agents ------------------------------------------------------------------------------------

    def come_in(self, who: int, organiser: int, reason: str) -> set[int]:
        """An agent says why they come in from outside their portfolio."""
        self.send(who, f"/hors-portefeuille/{organiser}/", {"motif": reason, "suite": "/"})
        if self.may_post(who, "/hors-portefeuille/<id>/") and len(reason) >= 10:
            self.state.reasons[who, organiser] = self.state.today
        return {who}

    def entrust(self, who: int, agent: int, key: str) -> set[int]:
        """A commune comes into an agent's portfolio, never into one's own."""
        form = {"quoi": "commune", "valeur": POSTCODES[key]}
        self.send(who, f"/securite/portefeuilles/{agent}/ajouter", form)
        if self.may_post(who, "/securite/portefeuilles/<id>/ajouter") and agent != who:
            self.state.portfolios.setdefault(agent, set()).add(self.world.organisers[key])
        return {agent}

    # --- Time --------------------------------------------------------------------------------------

    def pass_days(self, days: int) -> set[int]:
        """Sessions end; rights begin and end without a write."""
        self.moment += dt.timedelta(days=days)
        self.state.today += dt.timedelta(days=days)
        for user in self.seats:
            self.end_sessions(user)
        return set()

    def purge(self) -> set[int]:
        """What was deleted too long ago goes, and accounts left with nothing."""
        with self.system() as session:
            states.purge(session)
        gone = self.overdue()
        for one in gone:
            del self.state.members[one.id]
        left = {one.user for one in self.state.members.values()}
        # Who signed months stays as an account, without an organiser.
        for user in {one.user for one in gone} - left - {self.world.names["Chef"]}:
            if not self.state.people[user].profiles:
                self.forget(user)
        return set()

    def overdue(self) -> list[Member]:
        """Whose deletion cannot be undone any more."""
        return [
            one for one in self.state.members.values()
            if one.state == "supprime" and (self.state.today - one.since).days > UNDONE_WITHIN
        ]  # fmt: skip

    # --- How a form says it ------------------------------------------------------------------------

    def _may_write(self, who: int, rule: str, number: int) -> bool:
        return self.may_post(who, rule, ("member", number))

    @staticmethod
    def _seal(them: Member) -> str:
        """What the person's page would show: an intruder is given it."""
        return access.seal(
            [
                Opened(
                    Dossier(dossier), *((number, None) if dossier in BY_FACILITY else (None, number)), *days
                )
                for (dossier, number), days in them.grants.items()
            ]
        )


_STATES = {"desactiver": "desactive", "reactiver": "actif", "supprimer": "supprime"}


def _named(key: Key) -> str:
    """An access as the tree names it."""
    dossier, number = key
    return dossier if number is None else f"{dossier}-{'f' if dossier in BY_FACILITY else 'p'}{number}"


def _person(niss: str) -> dict[str, str]:
    """The form of somebody new."""
    name = {"first_name": "Zoé", "last_name": "Martin", "email": "zoe@exemple.be"}
    return {**name, "consent": "y", "niss": niss}


def _day(day: dt.date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
