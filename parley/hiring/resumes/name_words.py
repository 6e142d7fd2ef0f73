"""Words that a person's name does not hold: headings, trades, places of work, parts of addresses."""
# ruff: noqa: RUF001 - words of other scripts are meant to be in them


def _words(several: str) -> frozenset[str]:
    return frozenset(several.split())


HEADINGS = _words(
    """
    curriculum vitae cv resume resumé résumé lebenslauf bewerbung bewerbungsunterlagen tabellarischer
    hoja vida currículum curriculo currículo życiorys životopis önéletrajz özgeçmiş
    ansøgning personligt brev
    резюме автобиография βιογραφικό σημείωμα 简历 個人簡歷 个人简历 履歴書 職務経歴書 이력서
    जीवनवृत्त बायोडाटा biodata
    application profil profile professional personal persönliche angaben daten details data information
    """
)
"""Words of the headings above a resume; a line of them only is skipped, before a name they are cut off."""

NOT_IN_NAMES = HEADINGS | _words(
    """
    about address adresse anschrift achievements awards ausbildung beruf berufserfahrung berufliche bildung
    career certifications certificates compétences competencias contact contacts contacto coordonnées courses
    dates education educación employment erfahrung experience experiencia expérience expériences expertise
    formation formación formazione
    fortbildung geburtsdatum habilidades highlights hobbies interessen interests
    introduction kenntnisse key kontakt kontaktdaten langues languages links name main objective idiomas
    loisirs overview perfil persönliches phone email mail telefon telephone mobile portfolio projects projekte
    publications qualifications referees references referenzen skills sprachen sprachkenntnisse stärken
    statement summary technical techniques tools training volunteering weiterbildung werdegang work zeugnisse
    образование опыт контакты навыки языки शिक्षा अनुभव कौशल संपर्क

    accountant administrator advisor agent analyst apprentice architect architekt artist assistant assistenz
    associate attorney auditor berater beraterin buchhalter buchhalterin chef chief coach consultant
    consultante controller coordinator designer desarrollador desarrolladora developer director directeur
    directrice doctor driver économiste editor electrician engineer engineering entwickler entwicklerin
    executive expert founder freelance freelancer fullstack full-stack front-end frontend back-end backend
    stack gestionnaire graduate head human ingenieur ingenieurin ingénieur ingénieure ingeniero ingeniera
    intern journalist junior kaufmann kauffrau lawyer lead leader leiter leiterin librarian machine learning
    manager managerin marketing mechanic nurse officer operations operator owner physician pflegefachkraft
    pflegefachfrau pharmacist principal product produktmanager programmer project projektleiter
    projektleiterin
    quality receptionist recruiter representative researcher sales scientist senior service software
    specialist staff strategist student supervisor support sysadmin system systems teacher team technician
    technicien technologist tester trainee translator trainer vice president volunteer web writer développeur
    développeuse infirmière infirmier comptable vendeur professeur разработчик инженер менеджер
    python java javascript react kubernetes cloud data science security network mobile business development

    academy ag agency bank bv center centre co college company corp corporation consulting department
    fachhochschule foundation gmbh group gruppe hochschule hospital inc institute institut international
    kg klinik laboratory labs limited llc llp ltd ministry office plc sarl school schule sa services
    solutions technologies technology universidad universidade università universität université university
    diploma diplom abitur degree

    allee apartment avenue boulevard calle city county flat germany deutschland france españa india kingdom
    berlin münchen munich madrid mumbai delhi los new platz road rua rue san
    square state states straße strasse street united usa york

    and und et y for für pour the of at in im bei mit with by to available references confidential page seite
    microsoft office user word unknown admin python-docx untitled document template google apple libreoffice
    """
)

PARTICLES = _words(
    """
    al af av ap bin bint binti ben da das de degli del della den der des di do dos du e el ibn la las le
    lo los ter te ten van vom von vd zu zum zur y 't
    """
)
"""Parts of surnames that are written in lower case."""

TITLES = _words(
    "dr dr. prof prof. mr mr. mrs mrs. ms ms. miss mx mx. herr frau dipl.-ing. dipl.-inf. dipl.-kfm. ing. "
    "mag. m. mme sr. sra. ir. drs. med. rer. nat. phil. shri smt. श्री श्रीमती डॉ डॉ. г-н г-жа"
)

LABELS = _words(
    """name full_name vorname_nachname vor-_und_nachname vor-_und_zuname nom nom_et_prénom nombre nome
    nome_e_cognome
    имя фио 姓名 氏名 नाम"""
)
"""What stands before a colon and the name; "_" for a space."""
