"""Why a file cannot be used, in the words shown to the person who sent it."""

from __future__ import annotations

# code: (what is wrong, how to mend it). Braces are filled in by `unusable`.
REFUSALS: dict[str, tuple[str, str]] = {
    "vide": (
        "Ce fichier est vide.",
        "Ouvrez le classeur dans votre tableur, vérifiez qu’il contient le relevé, enregistrez-le et "
        "renvoyez-le.",
    ),
    "trop-lourd": (
        "Ce fichier dépasse {limit} Mo.",
        "Ne gardez que la feuille du mois, sans images, enregistrez au format .xlsx et renvoyez le fichier.",
    ),
    "trop-volumineux": (
        "Ce classeur contient bien plus qu’un relevé de présences : trop de feuilles ou d’images, ou trop de "
        "données une fois décompressé.",
        "Copiez la feuille du mois dans un nouveau classeur, enregistrez-le au format .xlsx et renvoyez-le.",
    ),
    "extension": (
        "Un fichier « .{extension} » ne peut pas être importé.",
        "Enregistrez votre relevé au format Excel (.xlsx ou .xls), puis renvoyez-le.",
    ),
    "pas-un-classeur": (
        "Ce fichier n’est pas un classeur Excel : c’est {what}.",
        "Ouvrez votre relevé dans Excel ou LibreOffice, choisissez « Enregistrer sous », le format .xlsx, "
        "et renvoyez ce fichier-là.",
    ),
    "protege": (
        "Ce classeur est protégé par un mot de passe : il ne peut pas être lu.",
        "Dans Excel : Fichier, Informations, Protéger le classeur, Chiffrer avec mot de passe ; effacez le "
        "mot de passe, enregistrez et renvoyez le fichier.",
    ),
    "endommage": (
        "Ce classeur est abîmé ou incomplet : il ne peut pas être lu.",
        "Ouvrez-le dans votre tableur, enregistrez-le à nouveau au format .xlsx et renvoyez-le. "
        "S’il ne s’ouvre pas non plus chez vous, refaites l’export depuis votre logiciel.",
    ),
    "contenu-interdit": (
        "Ce classeur contient une déclaration (DTD) qu’aucun tableur n’écrit et qui peut être dangereuse : "
        "il n’a pas été lu.",
        "Ouvrez-le dans votre tableur, enregistrez-le sous un nouveau nom au format .xlsx et renvoyez-le.",
    ),
    "demesure": (
        "Ce classeur ne peut pas être lu : une cellule est remplie très loin du tableau, ou le fichier est "
        "abîmé.",
        "Copiez le tableau du mois dans un nouveau classeur, enregistrez-le au format .xlsx et renvoyez-le.",
    ),
    "trop-grand": (
        "La feuille « {sheet} » est trop grande : au plus {rows} lignes et {columns} colonnes peuvent être "
        "lues.",
        "Ne gardez que le relevé du mois. Si la feuille semble courte, supprimez les lignes et les colonnes "
        "au-delà du tableau, puis enregistrez.",
    ),
    "trop-de-cellules": (
        "Ce classeur contient beaucoup plus de cellules qu’un relevé de présences.",
        "Copiez la feuille du mois dans un nouveau classeur, enregistrez-le au format .xlsx et renvoyez-le.",
    ),
    "trop-long": (
        "La lecture de ce classeur prend trop de temps : elle a été arrêtée.",
        "Copiez la feuille du mois dans un nouveau classeur, enregistrez-le au format .xlsx et renvoyez-le.",
    ),
    "occupe": (
        "Le serveur lit déjà d’autres classeurs.",
        "Renvoyez votre fichier dans une minute ; rien n’est perdu.",
    ),
    "sans-feuille": (
        "Ce classeur ne contient aucune feuille remplie.",
        "Vérifiez que le relevé se trouve dans une feuille de calcul ordinaire, enregistrez et renvoyez le "
        "fichier.",
    ),
    "sans-tableau": (
        "Le tableau des présences n’a pas été trouvé dans ce classeur : {missing}.",
        "Il faut une ligne de titres avec le nom et le prénom des enfants (une ou deux colonnes) et une "
        "colonne par jour (1 à 31, ou des dates). Vous pouvez partir de notre modèle : « Télécharger notre "
        "modèle ».",
    ),
    "autre-mois": (
        "Ce classeur concerne {found}, et vous importez {asked}.",
        "Choisissez le fichier {of_asked}, ou ouvrez d’abord le mois qui convient dans le portail.",
    ),
    "sans-resultat": (
        "Des cases du relevé sont des formules dont le résultat n’est pas dans le fichier, par exemple {cell}.",
        "Ouvrez le classeur dans Excel ou LibreOffice, qui les calcule, enregistrez-le et renvoyez-le.",
    ),
    "deux-colonnes": (
        "Ce tableau a plusieurs colonnes pour un même jour : matin et après-midi, par exemple, ou deux tableaux côte "
        "à côte.",
        "Gardez une seule colonne par jour, avec un code qui dit la journée ou la demi-journée, mettez les tableaux "
        "l’un sous l’autre, ou recopiez vos présences dans notre modèle.",
    ),
    "autre-milieu": (
        "Ce modèle a été préparé pour un autre milieu d’accueil ({found}).",
        "Choisissez le fichier de ce milieu d’accueil, ou téléchargez son modèle.",
    ),
}


class UnusableFile(Exception):
    """A file that cannot be used at all. `code` is stable; `message` and `help` are for the person."""

    def __init__(self, code: str, message: str, help: str) -> None:  # noqa: A002 - the word of every violation
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help


def unusable(code: str, **facts: object) -> UnusableFile:
    """The refusal of that code, its sentences completed with `facts`."""
    message, mend = REFUSALS[code]
    return UnusableFile(code, message.format(**facts), mend.format(**facts))
