"""Users, projects, roles and application credentials, kept with the openstack command.

Prints nothing and ends with 0 if all is well.

Arguments: the endpoint, a folder to write to, and two that are not used. The folder has the clouds.yaml that
`glance-manage bootstrap` has written.
"""

import json
import os
import sys

endpoint, folder = sys.argv[1:3]
os.environ["OS_CLIENT_CONFIG_FILE"] = os.path.join(folder, "clouds.yaml")

from typed_openstack import openstack, refused, table

DEMO, ADMIN = "lab", "lab-admin"


def add_clouds(**clouds):
    """Writes logins beside those of bootstrap; each names what goes into its `auth`, and its type."""
    path = os.path.join(folder, "clouds-more.json")
    known = {}
    if os.path.exists(path):
        with open(path) as file:
            known = json.load(file)["clouds"]
    for name, (kind, auth) in clouds.items():
        known[name] = {
            "auth_type": kind,
            "auth": {"auth_url": endpoint + "/identity/v3", **auth},
            "region_name": "RegionOne",
            "identity_api_version": 3,
        }
    with open(path, "w") as file:
        json.dump({"clouds": known}, file)


def password_login(user, password, project):
    return (
        "v3password",
        {
            "username": user,
            "password": password,
            "project_name": project,
            "user_domain_id": "default",
            "project_domain_id": "default",
        },
    )


def as_more(call, cloud, *words, **options):
    """Types a command with a login of `add_clouds`."""
    saved = os.environ["OS_CLIENT_CONFIG_FILE"]
    os.environ["OS_CLIENT_CONFIG_FILE"] = os.path.join(folder, "clouds-more.json")
    try:
        return call(cloud, *words, **options)
    finally:
        os.environ["OS_CLIENT_CONFIG_FILE"] = saved


def users_and_projects():
    project = table(ADMIN, "project", "create", "--description", "for trials", "trials")
    assert project["name"] == "trials" and project["enabled"] and project["description"] == "for trials", project
    again = table(ADMIN, "project", "create", "--or-show", "trials")
    assert again["id"] == project["id"], again
    user = table(
        ADMIN, "user", "create", "--password", "geheim-eins", "--project", "trials", "--email", "zoe@lab",
        "--description", "new", "zoe",
    )
    assert user["name"] == "zoe" and user["email"] == "zoe@lab" and user["enabled"], user
    assert user["default_project_id"] == project["id"], user
    refused(ADMIN, "user", "create", "--password", "x", "zoe", saying="409")
    refused(DEMO, "user", "create", "--password", "x", "eve", saying="403")
    assert "zoe" in [row["Name"] for row in table(ADMIN, "user", "list")]
    assert table(ADMIN, "user", "show", "zoe")["id"] == user["id"]

    openstack(ADMIN, "role", "add", "--user", "zoe", "--project", "trials", "member")
    rows = table(ADMIN, "role", "assignment", "list", "--names", "--user", "zoe", "--project", "trials")
    assert [row["Role"] for row in rows] == ["member"], rows
    assert [row["Name"] for row in table(ADMIN, "user", "list", "--project", "trials")] == ["zoe"]
    add_clouds(zoe=password_login("zoe", "geheim-eins", "trials"))
    assert as_more(table, "zoe", "token", "issue")["project_id"] == project["id"]
    as_more(
        openstack, "zoe", "image", "create", "--disk-format", "raw", "--container-format", "bare", "of zoe"
    )

    # Her own password, then one that an admin gives her.
    as_more(openstack, "zoe", "user", "password", "set", "--password", "geheim-zwei", "--original-password", "geheim-eins")
    as_more(refused, "zoe", "token", "issue")
    add_clouds(zoe=password_login("zoe", "geheim-zwei", "trials"))
    as_more(refused, "zoe", "user", "password", "set", "--password", "x", "--original-password", "wrong")
    as_more(openstack, "zoe", "token", "issue")
    openstack(ADMIN, "user", "set", "--password", "geheim-drei", "--email", "zoe@example.org", "zoe")
    add_clouds(zoe=password_login("zoe", "geheim-drei", "trials"))
    as_more(openstack, "zoe", "token", "issue")
    assert table(ADMIN, "user", "show", "zoe")["email"] == "zoe@example.org"

    openstack(ADMIN, "user", "set", "--disable", "zoe")
    as_more(refused, "zoe", "token", "issue")
    openstack(ADMIN, "user", "set", "--enable", "--name", "zoey", "zoe")
    add_clouds(zoe=password_login("zoey", "geheim-drei", "trials"))
    as_more(openstack, "zoe", "token", "issue")
    openstack(ADMIN, "project", "set", "--name", "tests", "--description", "others", "trials")
    assert table(ADMIN, "project", "show", "tests")["description"] == "others"
    add_clouds(zoe=password_login("zoey", "geheim-drei", "tests"))
    return project["id"]


def roles():
    listed = [row["Name"] for row in table(ADMIN, "role", "list")]
    assert sorted(listed) == ["admin", "member", "reader", "service"], listed
    assert table(ADMIN, "role", "create", "curator")["name"] == "curator"
    openstack(ADMIN, "role", "add", "--user", "zoey", "--project", "tests", "curator")
    assert table(ADMIN, "role", "show", "curator")["id"] == "curator"
    openstack(ADMIN, "role", "remove", "--user", "zoey", "--project", "tests", "curator")
    rows = table(ADMIN, "role", "assignment", "list", "--names", "--user", "zoey", "--project", "tests")
    assert [row["Role"] for row in rows] == ["member"], rows
    openstack(ADMIN, "role", "delete", "curator")
    refused(ADMIN, "role", "add", "--user", "zoey", "--project", "tests", "curator")
    refused(ADMIN, "role", "delete", "member")
    openstack(ADMIN, "role", "add", "--user", "demo", "--project", "tests", "reader")
    assert sorted(row["Name"] for row in table(DEMO, "project", "list")) == ["demo", "tests"]


def application_credentials():
    made = as_more(
        table, "zoe", "application", "credential", "create", "--description", "builds", "--expiration",
        "2999-12-31T23:59:59", "ci",
    )
    lower = {name.lower().replace(" ", "_"): value for name, value in made.items()}
    assert lower["name"] == "ci" and lower["secret"] and not lower["unrestricted"], made
    reading = as_more(
        table, "zoe", "application", "credential", "create", "--role", "reader", "--secret", "of my own", "reading"
    )
    reading = {name.lower().replace(" ", "_"): value for name, value in reading.items()}
    assert reading["secret"] == "of my own", reading
    listed = as_more(table, "zoe", "application", "credential", "list")
    assert sorted(row["Name"] for row in listed) == ["ci", "reading"], listed
    assert as_more(table, "zoe", "application", "credential", "show", "ci")["Description"] == "builds"
    add_clouds(
        **{
            key: (
                "v3applicationcredential",
                {"application_credential_id": each["id"], "application_credential_secret": each["secret"]},
            )
            for key, each in (("ci", lower), ("reading", reading))
        }
    )
    formats = ["--disk-format", "raw", "--container-format", "bare"]
    as_more(openstack, "ci", "image", "create", *formats, "of ci")
    assert "of ci" in [row["Name"] for row in as_more(table, "reading", "image", "list")]
    as_more(refused, "reading", "image", "create", *formats, "of nobody", saying="403")
    as_more(refused, "ci", "application", "credential", "create", "more", saying="403")
    as_more(openstack, "zoe", "application", "credential", "delete", "ci")
    as_more(refused, "ci", "image", "list")


def end(project):
    openstack(ADMIN, "user", "delete", "zoey")
    as_more(refused, "zoe", "token", "issue")
    openstack(ADMIN, "project", "delete", "tests")
    refused(ADMIN, "project", "show", "tests")
    # The images stay, under the project's id.
    images = table(ADMIN, "image", "list", "--long")
    owners = {row["Name"]: row["Project"] for row in images}
    assert owners == {"of zoe": project, "of ci": project}, images
    for row in images:
        openstack(ADMIN, "image", "delete", row["ID"])


project = users_and_projects()
roles()
application_credentials()
end(project)
