"""The words by which workbooks name things. Data only: a new vendor's word is one entry here.

Words are compared without accents, capitals, punctuation, brackets and articles: « Nom de l’enfant » is the
same as « NOM ENFANT », « Né(e) le » the same as « né ».
"""

from __future__ import annotations

# One column that holds the whole name, last name first or first name first: `names.split` makes two of it.
FULL_NAME = "full_name"
FULL_NAME_FIRST = "full_name_first"

# A header of these words alone that names both: the whole name, in their order.
NAME_WORDS = frozenset(("nom", "prenom", "enfant"))

# key of app.rules.attendance.FIELDS (or one of the two above): headers that mean it.
HEADERS: dict[str, tuple[str, ...]] = {
    "last_name": (
        "Nom",
        "Noms",
        "Nom de famille",
        "Nom de famille de l’enfant",
        "Nom de naissance",
        "Patronyme",
    ),
    "first_name": (
        "Prénom",
        "Prénoms",
        "Prénom de l’enfant",
        "Prénom enfant",
        "Prénom usuel",
    ),
    FULL_NAME: (
        "Enfant",
        "Enfants",
        "Nom de l’enfant",
        "Nom des enfants",
        "Liste des enfants",
        "Nom complet",
        "Nom complet de l’enfant",
        "Identité",
        "Identité de l’enfant",
        "Bébé",
        "Bébés",
        "Bénéficiaire",
        "Bénéficiaires",
    ),
    FULL_NAME_FIRST: ("Prénom et nom",),
    "birth_date": (
        "Date de naissance",
        "Date de naissance de l’enfant",
        "Date naiss",
        "Date naiss de l’enfant",
        "Date nais",
        "Naissance",
        "Naiss",
        "Né(e) le",
        "Né le",
        "Née le",
        "Né·e le",
        "Né / née le",
        "Née / né le",
        "DDN",
        "DN",
        "Date N",
    ),
    "niss": (
        "NISS",
        "N° NISS",
        "Numéro NISS",
        "NISS de l’enfant",
        "NISS / BIS",
        "NISS ou BIS",
        "N° national",
        "Num national",
        "Nr national",
        "No national",
        "Numéro national",
        "N° de registre national",
        "No de registre national",
        "Numéro de registre national",
        "Numéro du registre national",
        "Registre national",
        "RN",
        "N° RN",
        "RRN",
        "NRN",
        "Identifiant national",
    ),
    "entry_date": (
        "Date d’entrée",
        "Entrée",
        "Entré(e) le",
        "Date entr",
        "Début",
        "Date de début",
        "Début d’accueil",
        "Début de l’accueil",
        "Date de début d’accueil",
        "Début du contrat",
        "Date de début de contrat",
        "Arrivée",
        "Date d’arrivée",
        "Premier jour",
    ),
    "exit_date": (
        "Date de sortie",
        "Sortie",
        "Sorti(e) le",
        "Date sort",
        "Fin",
        "Date de fin",
        "Fin d’accueil",
        "Fin de l’accueil",
        "Date de fin d’accueil",
        "Fin du contrat",
        "Date de fin de contrat",
        "Départ",
        "Date de départ",
        "Dernier jour",
    ),
    "pfp_rate": (
        "Tarif PFP",
        "PFP",
        "Tarif",
        "Taux PFP",
        "Montant PFP",
        "PFP journalière",
        "PFP par jour",
        "PFP jour",
        "Tarif par jour",
        "Tarif jour",
        "Tarif journalier",
        "Participation financière parentale",
        "Participation financière des parents",
        "Participation financière",
        "Participation parentale",
        "Participation des parents",
    ),
}

# The other half of a title in two languages, « Nom / Naam »; the first one says which column it is.
TRANSLATIONS = frozenset(
    (
        "naam",
        "familienaam",
        "achternaam",
        "voornaam",
        "kind",
        "kinderen",
        "geboortedatum",
        "geboren",
        "rijksregisternummer",
        "begindatum",
        "einddatum",
        "tarief",
        "name",
        "nachname",
        "familienname",
        "vorname",
        "kinder",
        "geburtsdatum",
        "nationalnummer",
        "surname",
        "child",
        "children",
    )
)

# Articles and joining words that headers may or may not have.
FILLERS = frozenset(("de", "d", "du", "des", "l", "le", "la", "les", "et", "ou", "un", "une"))

WEEKDAYS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "lundi lun lu",
            "mardi mar ma",
            "mercredi mer me",
            "jeudi jeu je",
            "vendredi ven ve",
            "samedi sam sa",
            "dimanche dim di",
        )
    )
    for word in words.split()
}

MONTHS: dict[str, int] = {
    word: number
    for number, words in enumerate(
        (
            "janvier janv jan",
            "fevrier fevr fev",
            "mars mar",
            "avril avr",
            "mai",
            "juin",
            "juillet juill juil",
            "aout aou",
            "septembre sept sep",
            "octobre oct",
            "novembre nov",
            "decembre dec",
        ),
        start=1,
    )
    for word in words.split()
}

# How a word begins in the name of a sheet that sums up or explains the others.
SUMMARIES = ("recap", "stat", "synthese", "total", "totaux", "bilan", "resume", "legende", "modele", "aide")
