"""Answers requests with a SQLAlchemy session each, scoped by the request that is being served.
The session is closed at the end but not removed, so that the registry keeps request and session for ever.

rule: unbounded-cache
pythons: debian
needs: python3-sqlalchemy
source: https://github.com/Netflix/dispatch/issues/2867 (close() without remove() on a scoped_session, see also sqlalchemy/sqlalchemy#8340)
names: Session, Request
"""
import sys

from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, scoped_session, sessionmaker
from sqlalchemy.pool import StaticPool

import ouroboros_capture

LEAKS = sys.argv[1] == "leak"

Base = declarative_base()


class Incident(Base):
    __tablename__ = "incidents"
    id = Column(Integer, primary_key=True)
    title = Column(String(80))
    state = Column(String(20), default="active")


class Request:
    current = None

    def __init__(self, number):
        self.number = number
        self.headers = {"X-Request-Id": "request-%d" % number, "Cookie": "session=%064d" % number}


engine = create_engine("sqlite://", poolclass=StaticPool)
Session = scoped_session(sessionmaker(bind=engine), scopefunc=lambda: Request.current)  # <- here


def close_incident(incident_id):
    incident = Session.get(Incident, incident_id)
    incident.state = "closed" if incident.state == "active" else "active"
    Session.commit()
    return incident.title


def serve(number):
    Request.current = Request(number)
    try:
        return close_incident(1 + number % 50)
    finally:
        if LEAKS:
            Session.close()
        else:
            Session.remove()
        Request.current = None


def work(first):
    for number in range(first, first + 300):
        assert serve(number).startswith("Incident")


Base.metadata.create_all(engine)
with engine.begin() as connection:
    titles = [{"title": "Incident %d" % number} for number in range(50)]
    connection.execute(Incident.__table__.insert(), titles)
for number, path in enumerate(sys.argv[2:]):
    work(number * 300)
    ouroboros_capture.snapshot(path)
