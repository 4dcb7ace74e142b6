"""A finished student to the Hugging Face Hub."""

from __future__ import annotations

from pathlib import Path

from optical_pt.errors import InputError


def check_repository(name: str) -> None:
    """Check a repository's name before hours of training.

    Raises:
        InputError: if the hub would not take it.

    >>> check_repository("me/student-ha")
    """
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(f"--push-to-hub {name}: {reason}") from None


def push_to_hub(folder: str | Path, repository: str) -> str:
    """Upload a student's folder, model card included; makes the repository if there is none.

    The token is the one that ``hf auth login`` or ``HF_TOKEN`` gave.

    Returns:
        The address of the commit.

    Raises:
        InputError: if the hub refuses or cannot be reached; the folder stays.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HTTPError, LocalTokenNotFoundError, OfflineModeIsEnabled

    hub = HfApi()
    try:
        hub.create_repo(repository, exist_ok=True)
        return str(hub.upload_folder(repo_id=repository, folder_path=str(folder)))
    except (HTTPError, LocalTokenNotFoundError, OfflineModeIsEnabled) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(
            f"--push-to-hub {repository}: {type(error).__name__}: {reason}; the student is in "
            f"{folder}"
        ) from None
