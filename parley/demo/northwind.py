"""Northwind Talent, Berlin: the company that the tour shows."""

from datetime import time

from parley.demo.content import Applicant, Person, Position, Story, Week
from parley.interviews.rules.states import InterviewType
from parley.organizations.models import Role

BACKEND, FRONTEND, DATA, SUPPORT = range(4)
AGENCY = "agency@example.com"

USERS = (
    Person(email="company@example.com", full_name="Katharina Vogt", role=Role.COMPANY),
    Person(email="recruiter@example.com", full_name="Tunde Adeyemi", role=Role.RECRUITER),
    Person(email=AGENCY, full_name="Ingrid Solheim", role=Role.HIRING_AGENCY),
)

POSITIONS = (
    Position(
        title="Senior Backend Engineer",
        location="Berlin or remote (EU)",
        stack=["Python", "Django", "PostgreSQL", "Kubernetes"],
        description="Own the booking platform that moves four million parcels a month.",
        requirements="Five years with a typed backend in production; you can explain an index.",
    ),
    Position(
        title="Frontend Engineer",
        location="Berlin",
        stack=["TypeScript", "React", "Playwright"],
        description="Build the screens that dispatchers look at all day, and make them calm.",
        requirements="Three years of TypeScript; accessibility is part of the work, not an extra.",
    ),
    Position(
        title="Data Scientist",
        location="Hamburg or remote (EU)",
        stack=["Python", "SQL", "dbt", "scikit-learn"],
        description="Forecast demand by depot and hour, and say how sure you are.",
        requirements="Statistics that you can defend; you have put a model into production and seen it age.",
    ),
    Position(
        title="Customer Support Lead",
        location="Leipzig",
        stack=["Zendesk", "German", "English"],
        description="Lead eleven people who answer in four languages.",
        requirements="You have led a team through a bad week, and can tell what you changed afterwards.",
    ),
)

APPLICANTS = (
    Applicant(
        name="Amélie Fontaine",
        email="amelie.fontaine@example.com",
        phone="+33 1 99 00 12 34",
        job=BACKEND,
        years=8,
        domain="Logistics",
        career=(
            "2021 - today  Backend engineer, Atelier Colis, Lyon",
            "2018 - 2021  Developer, Fret & Fils, Nantes",
        ),
    ),
    Applicant(
        name="Priya Raghunathan",
        email="priya.raghunathan@example.com",
        job=BACKEND,
        years=6,
        domain="Payments",
    ),
    Applicant(name="Lukas Brandstätter", email="lukas.brandstaetter@example.com", phone="+49 30 23125 101", years=11),
    Applicant(name="Oluwaseun Bakare", email="oluwaseun.bakare@example.com", years=5, came_through=AGENCY),
    Applicant(name="Mei-Ling Zhao", email="meiling.zhao@example.com", years=7.5, domain="Marketplaces"),
    Applicant(name="Zofia Wiśniewska", email="zofia.wisniewska@example.com", years=4),
    Applicant(name="Thiago Carvalho", email="thiago.carvalho@example.com", years=9, domain="Logistics"),
    Applicant(
        name="Siobhán Gallagher",
        email="siobhan.gallagher@example.com",
        phone="+44 20 7946 0812",
        job=FRONTEND,
        years=5,
        domain="Public sector",
        career=(
            "2020 - today  Frontend engineer, Harbour Digital, Cork",
            "2019 - 2020  Designer, Studio Mór, Galway",
        ),
    ),
    Applicant(name="Yuki Tanabe", email="yuki.tanabe@example.com", job=FRONTEND, years=3),
    Applicant(name="Élodie Nkemelu", email="elodie.nkemelu@example.com", job=FRONTEND, years=4, came_through=AGENCY),
    Applicant(name="Marek Horváth", email="marek.horvath@example.com", job=FRONTEND, years=6),
    Applicant(name="Farida Haidari", email="farida.haidari@example.com", job=FRONTEND, years=2.5),
    Applicant(name="Jonas Lindqvist", email="jonas.lindqvist@example.com", phone="+46 8 465 004 18", job=FRONTEND),
    Applicant(
        name="Rafael Ibáñez Soto",
        email="rafael.ibanez@example.com",
        job=DATA,
        phone="+44 20 7946 0321",
        years=6,
        domain="Forecasting",
        career=(
            "2022 - today  Data scientist, Almacén Norte, Bilbao",
            "2019 - 2022  Analyst, Puerto Azul, Valencia",
        ),
    ),
    Applicant(name="Ananya Deshmukh", email="ananya.deshmukh@example.com", job=DATA, years=4, domain="Retail"),
    Applicant(name="Nikolaos Papadakis", email="nikolaos.papadakis@example.com", job=DATA, years=10),
    Applicant(name="Hye-jin Seo", email="hyejin.seo@example.com", job=DATA, years=3, came_through=AGENCY),
    Applicant(name="Samira El Amrani", email="samira.elamrani@example.com", job=DATA, years=5),
    Applicant(name="Đặng Thị Hương", email="huong.dang@example.com", job=DATA, years=7),
    Applicant(
        name="Friederike Aßmann",
        email="friederike.assmann@example.com",
        phone="+49 30 23125 144",
        job=SUPPORT,
        years=12,
        domain="Support",
        career=(
            "2017 - today  Support lead, Kontor Neun, Leipzig",
            "2013 - 2017  Support agent, Nordlicht, Kiel",
        ),
    ),
    Applicant(
        name="Kwabena Owusu",
        email="kwabena.owusu@example.com",
        phone="+44 20 7946 0123",
        job=SUPPORT,
        years=6,
    ),
    Applicant(name="Ioana Dumitrescu", email="ioana.dumitrescu@example.com", job=SUPPORT, years=5),
    Applicant(name="Mateus Albuquerque", email="mateus.albuquerque@example.com", job=SUPPORT, years=3),
    Applicant(name="Leïla Ben Youssef", email="leila.benyoussef@example.com", job=SUPPORT, came_through=AGENCY),
    Applicant(name="Owen Pritchard", email="owen.pritchard@example.com", job=SUPPORT, years=8, domain="Travel"),
)

WEEKS = (
    Week(
        kind=InterviewType.TECHNICAL,
        days=(1, 2, 3, 4),
        start=time(9),
        end=time(12, 30),
        slot=60,
        pause=10,
        ai_settings={"difficulty": "medium", "questions": 8, "topics": ["APIs", "databases", "testing"]},
    ),
    Week(
        kind=InterviewType.CODING,
        days=(2, 4),
        start=time(13),
        end=time(17),
        slot=90,
        pause=15,
        ai_settings={"difficulty": "hard", "questions": 2, "language": "en"},
    ),
    Week(
        kind=InterviewType.BEHAVIORAL,
        days=(1, 3, 5),
        start=time(10),
        end=time(16),
        slot=45,
        pause=15,
        ai_settings={"questions": 6, "topics": ["teamwork", "setbacks", "motivation"]},
    ),
    Week(kind=InterviewType.SYSTEM_DESIGN, days=(3,), start=time(13), end=time(17), slot=90, pause=30),
    Week(
        kind=InterviewType.GENERAL,
        days=(1, 2, 3, 4, 5),
        start=time(8, 30),
        end=time(10, 30),
        slot=30,
        places=3,
        ai_settings={"questions": 4, "topics": ["availability", "expectations"]},
    ),
)

NORTHWIND = Story(
    name="Northwind Talent",
    email="northwind@example.com",
    timezone="Europe/Berlin",
    holidays="DE-BE",
    users=USERS,
    positions=POSITIONS,
    applicants=APPLICANTS,
    weeks=WEEKS,
)
