"""Messages for the errors of other packages and of the system, which do not say what to do."""

import errno

from botocore.exceptions import BotoCoreError, ClientError
from opensearchpy.exceptions import OpenSearchException
from requests import RequestException
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema

from predmon.local.cloud import LocalCloud

EXPLAINED = (BotoCoreError, ClientError, OpenSearchException, RequestException, OSError)
"""All errors that `explain` knows. Any other error is a bug, and is shown with its traceback."""

SYSTEM_ADVICE = {
    errno.ENOSPC: "Free some space there, then run the same command again.",
    errno.EDQUOT: "Free some space there, then run the same command again.",
    errno.EROFS: "Nothing can be written there: name another folder, as PREDMON_HOME=FOLDER does for the local cloud.",
    errno.EACCES: "You may not write or read there: name another place, or change its permissions.",
    errno.EPERM: "You may not write or read there: name another place, or change its permissions.",
    errno.ENOTDIR: "A file is there, where a folder is needed: name another place.",
    errno.ENOENT: "There is no such file or folder: check its name.",
}
OTHER_SYSTEM_ADVICE = "This is what the operating system said. Check the place that it names."
THIS_MACHINE = ("127.0.0.1", "localhost")
NOT_ALLOWED = "Your identity may not do this. To see who you are: aws sts get-caller-identity"
SIGN_IN = ("Token", "Signature", "UnrecognizedClient", "AuthFailure", "InvalidAccessKeyId", "Credential", "Expired")
"""Parts of the codes with which AWS refuses credentials."""


def explain(error: Exception) -> str:
    """Return the message for one of the EXPLAINED errors: what happened, and what to do."""
    if isinstance(error, OSError) and not isinstance(error, RequestException):
        place = f": {error.filename}" if error.filename else ""
        return f"{error.strerror or error}{place}\n{SYSTEM_ADVICE.get(error.errno or 0, OTHER_SYSTEM_ADVICE)}"
    return f"{error}\n{_advice(error)}"


def _advice(error: Exception) -> str:
    is_here = any(address in str(error) for address in THIS_MACHINE)
    if is_here and (problem := LocalCloud.current().problem()):
        return problem
    if isinstance(error, InvalidURL | MissingSchema | InvalidSchema):
        return "Write the whole address, such as http://127.0.0.1:5601"
    if isinstance(error, OpenSearchException | RequestException):
        if (status := _status(error)) is not None:
            return NOT_ALLOWED if status in (401, 403) else "The domain answered and refused this. See: predmon status"
        return "Is the stack still there? A domain in a VPC answers only from within the VPC: run this command there."
    if is_here:
        return "That is an address of this machine. To see what runs here: predmon status"
    code = str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""
    if "AccessDenied" in code or "Unauthorized" in code:
        return NOT_ALLOWED
    if code and not any(word in code for word in SIGN_IN):
        return "Is the stack still there, in this account and region? To see what runs: predmon status"
    return "Check AWS_PROFILE and AWS_REGION, and sign in: aws sso login. `predmon doctor` checks all of this."


def _status(error: Exception) -> int | None:
    """Return the status of HTTP with which a server refused a request, or None where none answered."""
    status = getattr(error, "status_code", None) or getattr(getattr(error, "response", None), "status_code", None)
    return status if isinstance(status, int) else None
