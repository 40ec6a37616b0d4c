"""The course in a real browser: a student's JupyterLab and the instructor's formgrader."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from w2v.grading.build import generate

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (BROWSER and DRIVER), reason="needs the programs chromium and chromedriver on the PATH"
    ),
]
selenium = pytest.importorskip("selenium", reason="needs the package selenium (extra dev)")

from selenium.webdriver import Chrome, ChromeOptions  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.remote.webelement import WebElement  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

ROOT = Path(__file__).parents[1]
NOTEBOOK = "01_cross_entropy"
PATIENCE = 120  # seconds; a page that takes longer is broken
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,1000",
]

NEWS = "@jupyterlab/apputils-extension:announcements"
"""JupyterLab asks the internet for news, and the student whether it may."""

ANSWER = """\
@w2v.fill
def softmax(scores):
e = np.exp(scores - np.max(scores))
return e / np.sum(e)"""
"""The editor indents by itself what is typed after the colon."""

WRONG_ANSWER = ANSWER.replace("np.sum(e)", "np.max(e)")

DERIVATION = r"""%%derive cross_entropy
-\sum_{w} y_w \log \hat{y}_w
= -y_o \log \hat{y}_o
= \log \hat{y}_o
= -\log \hat{y}_o"""
"""The third line has lost its sign."""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of one notebook, released, with the release copied to a student's folder."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "notebooks" / "word2vec").mkdir(parents=True)
    shutil.copy(ROOT / "notebooks" / "word2vec" / f"{NOTEBOOK}.ipynb", root / "notebooks/word2vec")
    generate(root)
    shutil.copytree(root / "release" / "word2vec", root / "student")
    return root


@pytest.fixture(scope="module")
def lab(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab in the course folder, with a `{}` for the path."""
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex()
    settings = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": token,
        "LabApp.expose_app_in_browser": True,
    }
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser"]
    command += [f"--{name}={value}" for name, value in settings.items()]
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(home / name) for name in folders}
    page = home / "JUPYTER_CONFIG_DIR" / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True)
    page.write_text(json.dumps({"disabledExtensions": {NEWS: True}}))
    with open(home / "log", "w") as log:
        server = subprocess.Popen(
            command, cwd=course, env={**os.environ, **own}, stdout=log, stderr=log
        )
        try:
            address = f"http://127.0.0.1:{port}/{{}}?token={token}"
            _wait_for(server, address.format("api/status"), home / "log")
            yield address
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _wait_for(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"]:
        options.add_argument(flag)
    driver = Chrome(options, Service(DRIVER))
    driver.set_script_timeout(PATIENCE)
    # A window that nobody sees has no focus, and JupyterLab then has no current notebook.
    driver.execute_cdp_cmd("Emulation.setFocusEmulationEnabled", {"enabled": True})
    yield driver
    driver.quit()


class Notebook:
    """A student at a notebook in JupyterLab."""

    def __init__(self, browser: Chrome, url: str) -> None:
        self.browser = browser
        browser.get(url)
        self.wait("the kernel is idle", "return await idle(widget.sessionContext)")

    def wait(self, what: str, script: str) -> None:
        """Wait until a script on the open notebook (`widget`) says yes."""
        wait = WebDriverWait(self.browser, PATIENCE, poll_frequency=0.3)
        wait.until(lambda _: self.ask(script), f"not within {PATIENCE} s: {what}")

    def ask(self, script: str) -> object:
        """Evaluate a script in the page; null while there is no notebook yet."""
        return self.browser.execute_script(
            """
            const widget = window.jupyterapp?.shell?.currentWidget;
            const idle = session => session?.session?.kernel?.status === 'idle';
            if (!widget?.content?.widgets?.length) return null;
            const cellOf = id => widget.content.widgets.findIndex(
                cell => cell.model.getMetadata('nbgrader')?.grade_id === id
                    || cell.model.sharedModel.source.startsWith(id));
            """
            + script
        )

    def go_to(self, cell: str) -> None:
        """Make a cell the active one: named by its id, or by how its source begins."""
        self.ask(
            f"""
            const index = cellOf({cell!r});
            widget.content.activeCellIndex = index;
            return widget.content.scrollToItem(index, 'smart');
            """
        )
        self.wait(f"{cell} is there to be seen", "return !!widget.content.activeCell.inViewport")

    def type(self, cell: str, text: str) -> None:
        """Replace the cell's text, key by key."""
        self.go_to(cell)
        self.active(".cm-content").click()
        keys = ActionChains(self.browser)
        keys.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).send_keys(Keys.DELETE)
        keys.send_keys(text).perform()

    def run(self, cell: str) -> str:
        """Run a cell and return the text of its output."""
        self.go_to(cell)
        before = self.ask("return widget.content.activeCell.model.executionCount")
        self.active(".jp-InputPrompt").click()
        ActionChains(self.browser).key_down(Keys.CONTROL).send_keys(Keys.ENTER).key_up(
            Keys.CONTROL
        ).perform()
        self.wait(
            f"{cell} has run",
            f"""
            const {{model, node}} = widget.content.activeCell;
            const shown = node.querySelectorAll('.jp-OutputArea-output').length;
            return model.executionCount && model.executionCount !== {before or 0}
                && idle(widget.sessionContext) && model.outputs.length === shown;
            """,
        )
        outputs = self.browser.find_elements(
            By.CSS_SELECTOR, ".jp-mod-active .jp-OutputArea-output"
        )
        return "\n".join(output.text for output in outputs)

    def active(self, selector: str) -> WebElement:
        """An element of the active cell."""
        return self.browser.find_element(By.CSS_SELECTOR, f".jp-mod-active {selector}")


@pytest.fixture(scope="module")
def notebook(browser: Chrome, lab: str) -> Notebook:
    opened = Notebook(browser, lab.format(f"lab/tree/student/{NOTEBOOK}.ipynb"))
    opened.run("open")
    return opened


def test_a_student_answers_and_reads_the_verdict(notebook: Notebook) -> None:
    check = 'w2v.check("softmax")'
    assert "○ softmax: not attempted" in notebook.run(check)
    notebook.type("softmax", WRONG_ANSWER)
    assert notebook.run("softmax") == ""
    assert "✗ softmax: wrong value" in notebook.run(check)
    notebook.type("softmax", ANSWER)
    assert notebook.run("softmax") == ""
    assert notebook.run(check) == "✓ softmax: correct"


def test_a_student_derives_and_reads_the_verdict_of_every_line(notebook: Notebook) -> None:
    cell = "derive-cross_entropy"
    notebook.type(cell, DERIVATION)
    notebook.run(cell)
    notebook.wait(
        "the formulas of all lines are rendered",
        "return widget.content.activeCell.outputArea.node.querySelectorAll('mjx-container')"
        ".length >= 3",
    )
    output = notebook.active(".jp-OutputArea")
    assert "\\hat" not in output.text
    verdicts = [row.text for row in output.find_elements(By.TAG_NAME, "tr")]
    wrong = [verdict for verdict in verdicts if "✗" in verdict]
    assert len(wrong) == 1
    assert "wrong value" in wrong[0] and "the sign is flipped" in wrong[0]
    assert sum("✓" in verdict for verdict in verdicts) == 2
    if picture := os.environ.get("W2V_SCREENSHOT"):  # how docs/derivation.png is made
        notebook.browser.save_screenshot(picture)


def test_the_formgrader_lists_the_assignment(browser: Chrome, lab: str) -> None:
    before = browser.current_window_handle
    browser.switch_to.new_window("tab")
    browser.get(lab.format("formgrader"))
    rows = WebDriverWait(browser, PATIENCE).until(
        lambda page: page.find_elements(By.XPATH, "//tbody/tr[contains(., 'word2vec')]")
    )
    assert "draft" in rows[0].text  # as nbgrader calls an assignment that no exchange has released
    browser.close()
    browser.switch_to.window(before)
