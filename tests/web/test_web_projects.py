"""Projects by the API and by the page: made, renamed, archived, and what that means for what is new."""

import datetime as dt
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text

from campaigns.world import World
from oklik.campaigns import projects
from oklik.campaigns.import_contacts import import_contacts
from oklik.campaigns.projects import DEFAULT, usual_project
from oklik.store import migrate
from web.conftest import NOW, Api
from web.pages import Browser, account

pytestmark = pytest.mark.integration


def names(api: Api) -> list[str]:
    return [one["name"] for one in api.get("/projects").json["projects"]]


def test_projects_are_made_renamed_archived_and_brought_back(api: Api, world: World) -> None:
    made = api.post("/projects", {"name": "  Опросы   осенью "}).json
    assert (made["name"], made["usual"], made["campaigns"]) == ("Опросы осенью", False, 0)
    assert api.post("/projects", {"name": "Опросы осенью"}).status_code == 409
    assert api.post("/projects", {"name": "а\u202eб"}).status_code == 422
    at = f"/projects/{made['id']}"
    assert api.post(f"{at}/rename", {"name": "Опросы"}).json["name"] == "Опросы"
    assert api.post(f"{at}/rename", {"name": "p"}).status_code == 409, "the world's own project has that name"
    assert api.post(f"{at}/archive").json["archived_at"] is not None
    refused = api.post("/scenarios", {"name": "x", "title": "X", "project": "Опросы"})
    assert (refused.status_code, "archived" in refused.json["detail"]) == (409, True)
    assert names(api) == ["p", "Опросы"]
    assert api.post("/scenarios", {"name": "x", "title": "X"}).status_code == 200, "the only one that is in use"
    assert api.post(f"{at}/restore").json["archived_at"] is None
    assert api.post("/projects/77/archive").status_code == 404
    assert world.one("SELECT count(*) FROM audit_entry WHERE action LIKE 'projects.%'") == 4


def test_a_project_whose_campaigns_run_is_not_archived(api: Api, world: World) -> None:
    campaign = world.campaign()
    project = world.one("SELECT project_id FROM campaign WHERE id = :id", id=campaign)
    refused = api.post(f"/projects/{project}/archive")
    assert (refused.status_code, "still run" in refused.json["detail"]) == (409, True)
    world.all("UPDATE campaign SET state = 'done' RETURNING id")
    assert api.post(f"/projects/{project}/archive").status_code == 200


def test_the_usual_project_is_known_by_its_mark(engine: Engine) -> None:
    with engine.begin() as conn:
        usual = usual_project(conn)
        assert (usual.name, usual.usual) == (DEFAULT, True)
        with pytest.raises(projects.ProjectRefused):
            projects.archive_project(conn, usual.id, NOW)
        projects.rename_project(conn, usual.id, "Наш")
        assert usual_project(conn).id == usual.id
        assert projects.usual_name(conn) == "Наш"
        assert projects.name_for_list(conn, None) == "Наш"


def test_an_older_database_calls_its_usual_project_by_its_new_name(engine: Engine) -> None:
    config = migrate.configuration()
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.downgrade(config, "0023")
        conn.execute(text("INSERT INTO project (name) VALUES ('oklik run'), ('Опросы')"))
        command.upgrade(config, "head")
        found = conn.execute(text("SELECT name, usual FROM project ORDER BY id")).all()
        assert found == [(DEFAULT, True), ("Опросы", False)]


def test_the_pages(browser: Browser, engine: Engine, world: World, tmp_path: Path) -> None:
    account(engine, "olga", "supervisor")
    browser.sign_in("olga")
    with engine.begin() as conn:
        usual_project(conn)
    assert browser.post("/settings/projects", name="Опросы <b>").status_code == 303
    shown = browser.get("/settings/projects").get_data(as_text=True)
    assert "Опросы &lt;b&gt;" in shown
    assert "oklik run" not in shown
    assert browser.post("/settings/projects", name="Опросы <b>").status_code == 422
    project = world.one("SELECT id FROM project WHERE name = 'Опросы <b>'")
    assert browser.post(f"/settings/projects/{project}/rename", name="Опросы").status_code == 303
    new = browser.get("/scenarios/new").get_data(as_text=True)
    assert 'name="project"' in new, "several projects: which one is asked"
    made = browser.post("/scenarios/new", title="Осень", name="autumn", project="Опросы", template="")
    assert made.status_code == 303
    assert world.one("SELECT project_id FROM scenario WHERE name = 'autumn'") == project
    assert "autumn" in browser.get("/scenarios?project=Опросы").get_data(as_text=True)
    assert "autumn" not in browser.get(f"/scenarios?project={DEFAULT}").get_data(as_text=True)
    assert browser.post(f"/settings/projects/{project}/archive").status_code == 303
    assert "autumn" not in browser.get("/scenarios").get_data(as_text=True)
    assert "autumn" in browser.get("/scenarios?project=Опросы").get_data(as_text=True)
    path = tmp_path / "list.csv"
    path.write_text("Телефон\n+79161234567\n", "utf-8")
    import_contacts(engine, "Опросы", "осенний список", path, now=NOW + dt.timedelta(days=1))
    assert "осенний список" not in browser.get("/campaigns/new").get_data(as_text=True)
    browser.post(f"/settings/projects/{project}/restore")
    assert "осенний список" in browser.get("/campaigns/new").get_data(as_text=True)
    browser.post("/language", language="en", next="/")
    assert "Main" in browser.get("/settings/projects").get_data(as_text=True)
    account(engine, "vera")
    browser.post("/logout")
    browser.sign_in("vera")
    assert 'action="/settings/projects"' not in browser.get("/settings/projects").get_data(as_text=True)
    assert browser.post("/settings/projects", name="Ещё").status_code == 403


def test_campaigns_are_shown_by_project(browser: Browser, engine: Engine, world: World) -> None:
    account(engine, "vera")
    browser.sign_in("vera")
    world.campaign()
    world.all("UPDATE campaign SET state = 'done', name = 'весенняя' RETURNING id")
    assert "весенняя" in browser.get("/campaigns/").get_data(as_text=True)
    assert "весенняя" in browser.get("/campaigns/?project=p").get_data(as_text=True)
    world.all("UPDATE project SET archived_at = now() RETURNING id")
    assert "весенняя" not in browser.get("/campaigns/").get_data(as_text=True)
    assert "весенняя" in browser.get("/campaigns/?project=p").get_data(as_text=True)
