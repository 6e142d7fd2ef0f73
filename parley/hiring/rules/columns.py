"""Guessing which column is what, by its name in several languages, else by what stands in it."""

import unicodedata
from collections.abc import Mapping, Sequence

_NAMES: Mapping[str, str] = {
    "full_name": (
        "name full_name candidate candidate_name applicant applicant_name kandidat kandidatin bewerber bewerberin"
        " bewerbername vollstandiger_name vor_und_nachname vorname_nachname nombre_completo nombre_y_apellidos"
        " candidato"
        " nom_complet nom_et_prenom nom_prenom candidat nome_completo nominativo naam volledige_naam imie_i_nazwisko"
        " नाम पूरा_नाम 姓名 氏名 имя_и_фамилия фио"
    ),
    "first_name": (
        "first first_name given_name forename vorname prenom nombre nombres primer_nombre nome voornaam imie"
        " पहला_नाम имя 名"
    ),
    "last_name": (
        "last last_name surname family_name nachname familienname zuname apellido apellidos nom nom_de_famille"
        " cognome sobrenome achternaam nazwisko उपनाम фамилия 姓"
    ),
    "email": (
        "email e_mail mail email_address e_mail_address emailadresse e_mail_adresse mailadresse mail_address"
        " candidate_email correo correo_electronico courriel adresse_email adresse_e_mail adresse_mail"
        " adresse_electronique posta_elettronica indirizzo_email endereco_de_email e_mailadres adres_email ईमेल"
        " ईमेल_पता почта электронная_почта 邮箱 メール"
    ),
    "phone": (
        "phone phone_number telephone mobile mobile_number cell cell_phone tel telefon telefonnummer handy"
        " handynummer mobil mobilnummer rufnummer telefono movil celular numero_de_telefono portable"
        " numero_de_telephone cellulare telefone telemovel telefoonnummer mobiel numer_telefonu फ़ोन फोन मोबाइल"
        " телефон 电话 電話"
    ),
    "role": (
        "role position job_title title current_role stelle rolle beruf berufsbezeichnung puesto cargo rol poste"
        " fonction intitule_du_poste ruolo posizione funcao functie stanowisko पद должность"
    ),
    "domain": "domain field industry sector bereich fachbereich branche domaine secteur settore क्षेत्र",
    "work_experience": (
        "experience years work_experience years_of_experience experience_years yoe berufserfahrung erfahrung"
        " jahre_berufserfahrung anos_de_experiencia experiencia annees_d_experience anni_di_esperienza"
        " jaren_ervaring lata_doswiadczenia अनुभव опыт"
    ),
    "poc_email": (
        "poc_email contact_email referrer_email recruiter_email ansprechpartner_e_mail ansprechpartner_email"
        " correo_de_contacto email_contact"
    ),
}


def _plain(header: str) -> str:
    """In lower case, with words joined by ``_``; Latin letters without accents, other scripts as they are."""
    text = unicodedata.normalize("NFKD", header.casefold().replace("ł", "l"))
    text = "".join(each for each in text if not 0x0300 <= ord(each) <= 0x036F)  # the accents
    words = "".join(each if each.isalnum() or unicodedata.category(each)[0] == "M" else " " for each in text)
    return "_".join(unicodedata.normalize("NFC", words).split())


_MEANS = {_plain(word): name for name, words in _NAMES.items() for word in words.split()}


def guess_columns(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[str, int]:
    """Field of a candidate -> number of the column, from 0; each column at most once.

    A lone "Nombre", "Nom" or "Nome" is the whole name where no other column is: first or last names come in pairs.
    """
    columns: dict[str, int] = {}
    for at, header in enumerate(headers):
        meant = _MEANS.get(_plain(header))
        if meant is not None:
            columns.setdefault(meant, at)
    if "email" not in columns and (found := _with_addresses(sample, set(columns.values()))) is not None:
        columns["email"] = found
    halves = [name for name in ("first_name", "last_name") if name in columns]
    if "full_name" not in columns and len(halves) == 1:
        columns["full_name"] = columns.pop(halves[0])
    elif "full_name" in columns:
        for name in halves:
            del columns[name]
    return columns


def has_headers(first: Sequence[str]) -> bool:
    """Whether the first row names the columns: one with an e-mail address in it is a candidate already."""
    return not any("@" in cell for cell in first)


def _with_addresses(sample: Sequence[Sequence[str]], but: set[int]) -> int | None:
    counts: dict[int, int] = {}
    for row in sample:
        for at, cell in enumerate(row):
            if "@" in cell and at not in but:
                counts[at] = counts.get(at, 0) + 1
    return max(counts, key=lambda at: (counts[at], -at)) if counts else None
