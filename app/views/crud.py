"""The base of every generated page: FAB's ModelView, safe under threads, in French, in our look.

FAB gives the description of the model and the registration. Lists, forms and writes are done here: FAB's
keep the filters of a request on a view that all threads share (upstream issue 2366), order by any column
that the address names, show SQL errors to people and save over each other's changes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from flask import abort, flash, g, redirect, request, session, url_for
from flask_appbuilder import ModelView, expose
from flask_appbuilder.models.filters import Filters
from flask_babel import gettext as _
from sqlalchemy import BigInteger

from app.db import db
from app.security.guards import actor, needs
from app.security.rights import Right
from app.services import rows
from app.views import crud_search
from app.views.crud_display import Shown, shown
from app.views.crud_forms import Choices, PortalConverter, RowForm, fingerprint
from app.views.crud_told import saved

_READ = ("list", "show")
_WRITE = ("add", "edit", "delete")


def guarded(kind: str) -> Callable[[Any], Any]:
    """Needs the view's `read` or `write` right, named on each class."""

    def decorate(view: Any) -> Any:
        @functools.wraps(view)
        def checked(self: PortalModelView, *args: Any, **kwargs: Any) -> Any:
            return needs(getattr(self, kind))(view)(self, *args, **kwargs)

        checked._permission_name = view.__name__  # type: ignore[attr-defined]
        checked._right_kind = kind  # type: ignore[attr-defined]
        return checked

    return decorate


class PortalModelView(ModelView):
    """Give `read` and `write` (rows of the rights table), `singular` and `plural`, then FAB's attributes.

    `add_form` and `edit_form` (a RowForm) replace those made from the model.
    """

    read: ClassVar[Right]
    write: ClassVar[Right]
    #: With its article: "un paramètre", "une communication".
    singular: ClassVar[str]
    plural: ClassVar[str]
    #: The pages that exist.
    verbs: ClassVar[tuple[str, ...]] = (*_READ, *_WRITE)
    #: A line under the list's title.
    lead: ClassVar[str] = ""
    #: Values of a column that takes few: (value, label).
    choices: ClassVar[Choices] = {}
    #: How the rows of a related table are named.
    related_texts: ClassVar[Mapping[str, Callable[[Any], str]]] = {}
    #: Which of them a form offers; all where nothing is said.
    related_offered: ClassVar[Mapping[str, Callable[[Any], bool]]] = {}
    #: Under which title a form puts each of them.
    related_groups: ClassVar[Mapping[str, Callable[[Any], str]]] = {}
    #: What to say when a constraint of the table refuses a row: the end of its name → (field, message).
    constraint_messages: ClassVar[Mapping[str, tuple[str, Any]]] = {}
    #: Rows hold personal data: who opens the list, a row or its form is kept in the history.
    personal: ClassVar[bool] = False

    add_form: Any = None
    edit_form: Any = None
    page_size = crud_search.PAGE_SIZES[0]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "read" not in cls.__dict__:
            return
        cls.class_permission_name = cls.read.value[1]
        cls.method_permission_name = {
            **dict.fromkeys(_READ, cls.read.value[0].removeprefix("can_")),
            **dict.fromkeys({*_WRITE, *cls.verbs} - {*_READ}, cls.write.value[0].removeprefix("can_")),
        }
        cls.include_route_methods = set(cls.verbs)
        cls.list_title = cls.plural

    # --- What FAB builds at start ----------------------------------------------------------------

    def _init_forms(self) -> None:
        if not self.add_form:
            self.add_form = self._made_form(self.add_columns, self.choices)
        if not self.edit_form:
            self.edit_form = self._made_form(self.edit_columns, self.choices)

    def _made_form(self, columns: Sequence[str], choices: Choices) -> type[RowForm]:
        related = self.related_texts, self.related_groups, self.related_offered
        converter = PortalConverter(self.datamodel, choices, self.validators_columns, *related)
        return converter.row_form(columns, self.label_columns, self.description_columns)

    @property
    def _filters(self) -> Filters:
        """This request's own filters of this view, should FAB ask for them."""
        kept: dict[str, Filters] = g.setdefault("view_filters", {})
        name = type(self).__name__
        if name not in kept:
            kept[name] = self._class_filters.copy()
            kept[name].clear_filters()
        return kept[name]

    @_filters.setter
    def _filters(self, value: Filters) -> None:
        self._class_filters = value

    # --- Pages -----------------------------------------------------------------------------------

    @expose("/")
    @guarded("read")
    def list(self) -> Any:
        listing = crud_search.read(
            self.datamodel,
            crud_search.criteria(
                self.datamodel, self.search_columns, self.label_columns, self.choices, request.args
            ),
            request.args,
            order_columns=self.order_columns,
            base_order=self.base_order,
            size=self.page_size,
            eager=[name for name in self.list_columns if self.datamodel.is_relation(name)],
        )
        self._remember(listing)
        page = self.render_template(
            self.list_template,
            view=self,
            listing=listing,
            page_sizes=crud_search.PAGE_SIZES,
            allowed=self._allowed(),
        )
        if self.personal:
            rows.listed(db.session(), actor().who, self.datamodel.obj, actor().organiser_id, self.plural)
        return page

    @expose("/<int:pk>/")
    @guarded("read")
    def show(self, pk: int) -> Any:
        row = self._row(pk)
        context = {
            "row": row,
            "title": str(row),
            "values": [(self.label_columns[name], self.value(row, name)) for name in self.show_columns],
            **self._way_back(_("la liste")),
        }
        if self._allowed()["delete"]:
            context["removal"] = self.removal(row)
        if self.personal:
            rows.consulted(db.session(), actor().who, row)
        return self.render_template(self.show_template, view=self, pk=pk, allowed=self._allowed(), **context)

    @expose("/ajouter/", methods=["GET", "POST"])
    @guarded("write")
    def add(self) -> Any:
        form = self.add_form()
        if request.method == "POST" and form.validate():
            row = self.datamodel.obj()
            if self.judge(form, row) and self._save(form, row):
                return redirect(self._list_url())
        title = f"{_('Ajouter')} {self.singular}"
        return self._form_page(self.add_template, form, title, self._way_back(_("la liste")))

    @expose("/<int:pk>/modifier/", methods=["GET", "POST"])
    @guarded("write")
    def edit(self, pk: int) -> Any:
        row = self._row(pk)
        title, stored = str(row), fingerprint(row, self.edit_columns)
        form = self.form_of(row)
        if request.method == "GET":
            form.seen.data = stored
        elif self._accepts(form, row, stored) and self._save(form, row):
            return redirect(url_for(".show", pk=pk))
        back: dict[str, Any] = {"back_url": url_for(".show", pk=pk), "back_label": _("la fiche")}
        page = self._form_page(self.edit_template, form, title, back | {"pk": pk})
        if self.personal and request.method == "GET":
            rows.consulted(db.session(), actor().who, row)
        return page

    @expose("/<int:pk>/supprimer/", methods=["POST"])
    @guarded("write")
    def delete(self, pk: int) -> Any:
        row = self._row(pk)
        name = str(row)
        if reason := self.kept(row):
            flash(reason, "danger")
            return redirect(url_for(".show", pk=pk))
        try:
            rows.remove(db.session(), actor().who, row)
        except rows.RowGone:
            abort(404)
        except rows.RowRefused:
            flash(_("« %(name)s » sert ailleurs : vous ne pouvez pas le supprimer.", name=name), "danger")
            return redirect(url_for(".show", pk=pk))
        flash(_("Supprimé : %(name)s.", name=name), "success")
        return redirect(self._list_url())

    # --- What a view may say of its own ----------------------------------------------------------

    def form_of(self, row: Any) -> RowForm:
        """The form that edits a row."""
        return self.edit_form(obj=row)

    def judge(self, form: RowForm, row: Any) -> bool:
        """More rules on a row about to change; add errors to the form's fields and answer False."""
        return True

    def removal(self, row: Any) -> str:
        """What follows from deleting a row, asked with the question; "" when nothing does."""
        return ""

    def kept(self, row: Any) -> str:
        """Why a row must stay, and what to do instead; "" when it may be deleted."""
        return ""

    def value(self, row: Any, name: str) -> Shown:
        """A column of a row, as written on the pages."""
        return shown(row, name, self.choices, self.related_texts, self.formatters_columns)

    # --- Parts -----------------------------------------------------------------------------------

    def _row(self, pk: int) -> Any:
        widest = 63 if isinstance(self.datamodel.get_pk().type, BigInteger) else 31
        row = db.session.get(self.datamodel.obj, pk) if pk < 2**widest else None
        if row is None:
            abort(404)
        return row

    def _allowed(self) -> dict[str, bool]:
        """Which pages exist and are open to the person."""
        writes = actor().may(self.write)
        return {verb: verb in self.verbs and (writes or verb in _READ) for verb in _READ + _WRITE}

    def _form_page(self, template: str, form: RowForm, title: str, back: dict[str, Any]) -> Any:
        status = 422 if form.errors or form.question else 200
        return self.render_template(template, view=self, form=form, title=title, **back), status

    def _accepts(self, form: RowForm, row: Any, stored: str) -> bool:
        """The values are right, and were typed over the row as it still is."""
        if not form.validate():
            return False
        if form.seen.data == stored:
            return self.judge(form, row)
        form.form_errors.append(
            _(
                "Quelqu’un a modifié cette ligne entre-temps : rouvrez-la pour voir ses valeurs, puis recommencez."
            )
        )
        return False

    def _save(self, form: RowForm, row: Any) -> bool:
        with db.session.no_autoflush:
            form.populate_obj(row)
        try:
            done = rows.save(db.session(), actor().who, row, self.related_texts)
        except rows.RowRefused as refusal:
            self._explain(form, refusal)
            return False
        flash(saved(row, done), "success")
        return True

    def _explain(self, form: RowForm, refusal: rows.RowRefused) -> None:
        """The database's refusal in the person's words, at the field when it is known."""
        names = refusal.columns
        message = {
            rows.DuplicateRow: _("Cette valeur existe déjà"),
            rows.MissingValue: _("Ce champ est requis"),
            rows.UnfitRow: _("Une valeur est trop longue ou trop grande pour être enregistrée."),
        }.get(type(refusal), _("Ces valeurs ne vont pas ensemble. Vérifiez les dates et les montants."))
        for ending, (name, words) in self.constraint_messages.items():
            if refusal.constraint.endswith(ending):
                names, message = (name,), words
        field = next((form[name] for name in names if name in form), None)
        if field is None:
            form.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]

    def _remember(self, listing: crud_search.Listing) -> None:
        """Keep the search for the way back from a row."""
        key = f"liste:{type(self).__name__}"
        if session.get(key) != listing.address:
            session[key] = listing.address

    def _list_url(self) -> str:
        address: dict[str, Any] = session.get(f"liste:{type(self).__name__}", {})
        return url_for(".list", **address)

    def _way_back(self, label: str) -> dict[str, str]:
        return {"back_url": self._list_url(), "back_label": label}
