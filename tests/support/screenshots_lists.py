"""What the pictures of lists show: an office's table with its usual flaws, a person with calls, a stop list."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
from sqlalchemy import Connection, Engine, text

from oklik.campaigns import segments, stop_list
from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.list_cells import edit_cell
from oklik.campaigns.list_uploads import keep_upload
from oklik.campaigns.list_words import index_list
from oklik.campaigns.segments import Condition, Definition

ROWS = (
    ("Иванов Иван Иванович", "8-916-123-45-67", "Омск", 12500.5),
    ("Петрова-Ёлкина Анна", 79161234568.0, "Пермь", 300),
    ("Сидоров Пётр", "+7 (916) 123 45 69", None, 7000),
    ("Иванов И. И.", "89161234567", "Омск", 12500.5),
    ("Без Телефона", None, "Казань", 10),
    ("Константинопольская Александра", "8916I23456O", "Уфа", 10),
    ("Кузнецова Ольга", "9161234570; 8 495 123-45-67", "Москва", "1 200,00 ₽"),
)


def table(path: Path) -> Path:
    """An Excel file with titles above its header."""
    book = openpyxl.Workbook()
    page: Any = book.active
    page.title = "Должники"
    page.append(["ООО «Ромашка»: реестр на 01.03.2026"])
    page.append([])
    page.append(["№", "ФИО клиента", "Мобильный телефон", "Город", "Сумма долга"])
    for number, row in enumerate(ROWS, 1):
        page.append([number, *row])
    book.save(path)
    return path


def fill_lists(engine: Engine, now: dt.datetime) -> dict[str, Any]:
    """The list, an import at its second step, calls, a segment, numbers on the stop list."""
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder) / "Реестр должников.xlsx")
        made = import_contacts(engine, "Взыскание", "Должники, март", path, now=now)
        with engine.begin() as conn:
            upload = keep_upload(conn, path, "Реестр должников.xlsx", digest="", by="user:vera", now=now)
    index_list(engine, made.list_id, now=now)
    with engine.begin() as conn:
        contact = conn.execute(text("SELECT min(id) FROM contact")).scalar_one()
        edit_cell(conn, contact, "Город", "Томск", by="user:vera", now=now)
        large = Definition((Condition("Сумма долга", "more", "1000", "money"),))
        segment = segments.save_segment(conn, made.list_id, "Крупные долги", large, by="user:vera", now=now)
        stopped = ["+79161234569", "+79161234570"]
        stop_list.put(conn, stopped, source="web", reason="обращение № 17", recorded_by="user:boris", now=now)
        _calls(conn, made.list_id, contact, now)
    return {"list": made.list_id, "contact": contact, "upload": upload, "segment": segment}


def _calls(conn: Connection, list_id: int, contact: int, now: dt.datetime) -> None:
    told = {"list": list_id, "contact": contact, "at": now, "first": UUID(int=1), "second": UUID(int=2)}
    for statement in (
        "INSERT INTO scenario (project_id, name) SELECT min(id), 'reminder' FROM project",
        """INSERT INTO scenario_version (scenario_id, number, digest, document, published_at)
           SELECT max(id), 1, 'd', '{}', CAST(:at AS timestamptz) FROM scenario""",
        "INSERT INTO trunk (name, dial_string, channels, cps) VALUES ('main', 'sofia/gateway/main/{number}', 30, 5)",
        """INSERT INTO campaign (project_id, name, scenario_version_id, list_id, trunk_id, purpose, state, zone, retry,
               columns, voice, virtual, created_at)
           SELECT l.project_id, 'Напоминание о платеже, март', v.id, l.id, t.id, 'debt', 'done', 'Europe/Moscow', '{}',
               '{}', '{}', false, CAST(:at AS timestamptz)
           FROM contact_list l, scenario_version v, trunk t WHERE l.id = :list AND t.name = 'main'
           ORDER BY v.id DESC LIMIT 1""",
        """INSERT INTO target (campaign_id, contact_id, person_id, state, due, attempts, disposition)
           SELECT max(g.id), c.id, c.person_id, 'done', CAST(:at AS timestamptz), 2, 'completed'
           FROM campaign g, contact c WHERE c.id = :contact GROUP BY c.id, c.person_id""",
        """INSERT INTO attempt (uuid, campaign_id, target_id, person_id, purpose, n, open, started_at, disposition,
               talk)
           SELECT k.uuid, t.campaign_id, t.id, t.person_id, 'debt', k.n, false,
               CAST(:at AS timestamptz) + k.n * interval '1 hour', k.disposition, k.n = 2
           FROM target t, (VALUES (CAST(:first AS uuid), 1, 'no_answer'), (CAST(:second AS uuid), 2, 'completed'))
               AS k(uuid, n, disposition)
           WHERE t.contact_id = :contact""",
        """INSERT INTO call (uuid, kind, attempt_uuid, node, epoch, core_uuid, state, number, caller_id, intent_at,
               talk_s)
           SELECT uuid, 'person', uuid, 'fs1', 1, 'c', 'final', '+79161234567', '74950000001', started_at,
               CASE WHEN n = 2 THEN 42 END
           FROM attempt WHERE uuid IN (:first, :second)""",
        """INSERT INTO answer (attempt_uuid, question, value, label, at)
           VALUES (:second, 'Когда сможете оплатить?', '1', 'В течение трёх дней', :at),
               (:second, 'Когда удобно говорить?', '2', 'После 18:00', :at)""",
        """INSERT INTO call_recording (call_uuid, campaign_id, part, n, node, path, state, at, seconds)
           SELECT uuid, campaign_id, 'call', 1, 'fs1', 'x.mp3', 'ready', started_at, 42
           FROM attempt WHERE uuid = :second""",
    ):
        conn.execute(text(statement), told)
