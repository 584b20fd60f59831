"""What columns are called in tables that people write and that forms and learning platforms export.

Each name stands without capitals, marks and spaces; exports come in the language of who makes them.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["given", "family", "name", "key", "paper", "around"]

QUESTION = ("question", "questionid", "questionnumber", "identity", "item", "task", "exercise")
ANSWER = ("answer", "response", "reply", "given", "solution")

# Names of one role; where a table has several columns of it, the one whose name comes first counts.
_NAMES: dict[Role, str] = {
    "name": "student name studentname fullname yourname user participant respondent vollständigername nomcomplet "
    "nombrecompleto nomecompleto nomecognome",
    "given": "firstname givenname vorname prénom nombre nome voornaam förnamn fornavn fornamn imię jméno имя 名",
    "family": "lastname surname familyname nachname familienname nom nomdefamille apellidos apellido cognome sobrenome "
    "apelido achternaam efternamn etternavn nazwisko příjmení фамилия 姓",
    "key": "studentnumber studentid idnumber matriculationnumber matriculation registrationnumber matrikelnummer "
    "idnummer numérodidentification númerodeid numeroid email emailaddress emailadresse adressedecourriel adresseemail "
    "direccióndecorreo direccióndecorreoelectrónico indirizzoemail endereçodeemail emailadres epostadress "
    "адресэлектроннойпочты メールアドレス username benutzername anmeldename nutzername nomdutilisateur "
    "nombredeusuario nomeutente id sisid",
    "paper": "paper variant form version code qr qrcode",
    # Of an attempt: when, how long, in what state, with what result.
    "around": "timestamp zeitstempel horodateur marcatemporal informazionicronologiche "
    "carimbodedatahora tijdstempel tidsstämpel tidsstempel sygnaturaczasowa "
    "отметкавремени タイムスタンプ 时间戳记 starttime completiontime started startedon "
    "begonnen begonnenam commencéle comenzadoel iniziato iniciadoem completed "
    "beendet abgeschlossen terminé terminéle finalizado completato timetaken "
    "duration verbrauchtezeit dauer tempsutilisé duración tiemporequerido "
    "tempoimpiegato state status statut estado stato grade score totalscore "
    "totalpoints punktzahl gesamtpunktzahl puntuación feedback quizfeedback "
    "institution department abteilung département departamento dipartimento group "
    "groups attempt submitted section sectionid sectionsisid lastmodifiedtime "
    "language",
}  # fmt: skip
_ROLES: dict[str, tuple[Role, int]] = {
    name: (role, at) for role, names in _NAMES.items() for at, name in enumerate(names.split())
}
# The words before the number of a question: what was answered, what was asked, what is right.
_RESPONSE = "response responses antwort réponse respuesta risposta resposta antwoord svar odpowiedź ответ 回答"
_ASKED = "question q frage pregunta domanda pergunta questão vraag fråga spørgsmål spørsmål pytanie вопрос 問題"
_RIGHT = "rightanswer correctanswer richtigeantwort bonneréponse réponsecorrecte respuestacorrecta rispostacorretta"
_BEFORE_NUMBER: dict[str, Literal["response", "asked", "right"]] = {
    **dict.fromkeys(_RESPONSE.split(), "response"),
    **dict.fromkeys(_ASKED.split(), "asked"),
    **dict.fromkeys(_RIGHT.split(), "right"),
}
_NUMBERED = re.compile(r"(?P<word>.*?\D)\s*(?P<number>[0-9]{1,7})")
_OUT_OF = re.compile(r"\w[\w .]*/\s*[0-9]+([.,][0-9]+)?")  # Grade/10.00
_POINTS = re.compile(r"\w{1,3}\.?\s?[0-9]+\s*/\s*[0-9]+([.,][0-9]+)?")  # Q. 1 /1.00


def plain(name: str) -> str:
    """The name of a column without capitals, marks and spaces."""
    return re.sub(r"[\W_]", "", name.casefold())


def role(name: str) -> tuple[Role, int] | None:
    """What a column has beside answers, and its rank among others of its kind; None if that is not known."""
    if _OUT_OF.fullmatch(name):
        return "around", 0
    return _ROLES.get(plain(name))


def numbered(name: str) -> tuple[Literal["response", "asked", "right"], str] | None:
    """Response 3, Question 3, Right answer 3: which of them, and the number."""
    found = _NUMBERED.fullmatch(name.strip())
    kind = _BEFORE_NUMBER.get(plain(found["word"])) if found else None
    return (kind, found["number"]) if found and kind else None


def has_points(name: str) -> bool:
    """Whether a column has the points for one question, as Moodle's table of grades has them."""
    return _POINTS.fullmatch(name.strip()) is not None
