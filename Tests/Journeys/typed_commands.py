"""Commands as somebody types them, run in this process: starting Python a hundred times would take minutes."""

import io
import sys


class Terminal:
    """Standard input at which nobody types."""

    encoding = "utf-8"

    def isatty(self):
        return True

    def fileno(self):
        raise io.UnsupportedOperation("fileno")


class Capture:
    """Standard output or error of a command, text and bytes alike."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self):
        self.content = b""
        self.buffer = self

    def write(self, text):
        self.content += text if isinstance(text, bytes) else text.encode("utf-8")
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False

    def fileno(self):
        raise io.UnsupportedOperation("fileno")

    @property
    def text(self):
        return self.content.decode("utf-8")


class Result:
    """What a command has said."""

    def __init__(self, is_good, output, errors):
        self.is_good, self.output, self.errors = is_good, output.content, errors.text

    @property
    def text(self):
        return self.output.decode("utf-8", "replace")

    @property
    def rows(self):
        """The rows of the table, without its head."""
        lines = [line for line in self.text.split("\n") if line.startswith("|")]
        return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines][1:]

    @property
    def fields(self):
        """A table of two columns, whose long values go on in lines without a name."""
        fields, name = {}, None
        for row in self.rows:
            name = row[0] or name
            fields[name] = fields.get(name, "") + row[1]
        return fields

    @property
    def ids(self):
        return [row[0] for row in self.rows]


def run(main, stdin=None):
    """Runs a command's main function; where no file is given, at a terminal."""
    output, errors = Capture(), Capture()
    saved = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = open(stdin, "r", encoding="latin-1") if stdin else Terminal()
    sys.stdout, sys.stderr = output, errors
    is_good = True
    try:
        is_good = main() in (0, None)
    except SystemExit as end:
        is_good = end.code in (0, None)
        if isinstance(end.code, str):
            errors.write(end.code)
    except Exception as error:
        is_good = False
        errors.write("%s: %s" % (type(error).__name__, error))
    finally:
        if stdin:
            sys.stdin.close()
        sys.stdin, sys.stdout, sys.stderr = saved
    return Result(is_good, output, errors)
