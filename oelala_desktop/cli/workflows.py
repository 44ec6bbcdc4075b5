"""`oelala templates`, `oelala convert` and `oelala presets --add`: workflows listed, read and made presets of."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from oelala_desktop.bootstrap import Services, read_nodes
from oelala_desktop.domain.adopt import Adoption
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.editor.document import is_document
from oelala_desktop.domain.errors import InvalidField, InvalidInput, InvalidPreset, NotFound, OelalaError
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.spelling import nearest
from oelala_desktop.domain.template import Template, TemplateFacts
from oelala_desktop.domain.workflow import Workflow, read_workflow, unwrapped
from oelala_desktop.services.engines.all import Wanted
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.presets.making import make_preset, read_carried
from oelala_desktop.services.presets.own import adopt_file
from oelala_desktop.services.presets.portable import is_preset_file, unpack
from oelala_desktop.services.templates.catalogue import Templates
from oelala_desktop.services.templates.search import found_by, template_row

from .output import print_json
from .saying import say

_READ = 24  # templates at most whose workflows are read to be listed


async def connected(
    services: Services, options: argparse.Namespace, wanted: Sequence[Wanted] = ()
) -> tuple[Engine, Catalog]:
    """The engine that is asked for, and what it can run; one that can make what is `wanted`."""
    engine, remark = await services.engines.choose(options.engine, None, wanted)
    if remark:
        say(remark)
    if engine.catalog is None:
        raise OelalaError(f"{engine.ref.name} did not say what it can run.")
    return engine, engine.catalog


# templates


async def templates(options: argparse.Namespace) -> int:
    async with Services() as services:
        engine, _ = await connected(services, options)
        shelf = Templates(services.paths.templates, lambda: engine, services.bus, services.scope)
        if options.saved:
            return await _saved(services, shelf, engine, options)
        await shelf.refresh()
        if shelf.reason:
            say(shelf.reason)
        if options.add:
            return await _add_template(services, shelf, options)
        found = found_by(shelf.templates, " ".join(options.query))
        facts = {template.name: await _facts(shelf, template, len(found) <= _READ) for template in found}
        await shelf.keep()
        if not options.json:
            say(f"On {engine.name}:" if found else f"{engine.name} offers none of that kind.")
        for template in found:
            if options.json:
                print_json(template_row(template, facts[template.name]))
            else:
                print_template(template, facts[template.name])
        unread = sum(one is None for one in facts.values())
        if unread and len(found) > _READ:
            say(f"?: {unread} were not looked at yet; words that find {_READ} or fewer have them looked at.")
    return 0 if shelf.templates else 1


async def _saved(services: Services, shelf: Templates, engine: Engine, options: argparse.Namespace) -> int:
    """What users saved on the server: listed, or one of it made a preset."""
    paths = await shelf.saved()
    if options.add:
        path = next((one for one in paths if options.add in (one, one.removesuffix(".json"))), None)
        if path is None:
            near = nearest(options.add, paths)
            hint = f" Did you mean {near}?" if near else ""
            raise NotFound(f"No workflow is saved as {options.add} on {engine.name}.{hint}")
        name = Path(path).stem
        return await _add(services, await shelf.saved_adoption(path), options, name.replace("_", " "), name)
    words = " ".join(options.query).casefold().split()
    found = [path for path in paths if all(word in path.casefold() for word in words)]
    if not options.json:
        say(f"Saved on {engine.name}:" if found else f"No workflow of that kind is saved on {engine.name}.")
    for path in found:
        print_json({"path": path}) if options.json else print(path)
    return 0 if found else 1


async def _facts(shelf: Templates, template: Template, is_read: bool) -> TemplateFacts | None:
    if not is_read:
        return shelf.facts(template.name)
    try:
        return await shelf.look(template.name)
    except OelalaError as error:
        say(f"{template.name}: {error.message}")
        return None


def print_template(template: Template, facts: TemplateFacts | None) -> None:
    mark = "?" if facts is None else "✓" if facts.is_ready else "·"
    kinds = ", ".join(tool.id for tool in facts.tools) if facts is not None else template.output
    paid = "" if template.is_open else " (paid)"
    print(f"{mark} {template.name:44} {template.title}{paid}" + (f" – {kinds}" if kinds else ""))
    for line in _lacks(facts) if facts is not None else ():
        print(f"    {line}")


def _lacks(facts: TemplateFacts) -> list[str]:
    lines = [facts.fault] if facts.fault else []
    lines += [f"lacks the node {name}" for name in facts.lacking]
    for model in facts.missing:
        where = f" (it lies in {model.found})" if model.found else ""
        lines.append(f"lacks {model.file} in {model.folder}{where}" + (f": {model.url}" if model.url else ""))
    return lines


async def _add_template(services: Services, shelf: Templates, options: argparse.Namespace) -> int:
    template = shelf.find(options.add)
    if template is None:
        near = nearest(options.add, [one.name for one in shelf.templates])
        hint = f" Did you mean {near}?" if near else ""
        raise NotFound(f"{shelf.server} has no template named {options.add}.{hint}")
    adoption = await shelf.adoption(template.name)
    return await _add(services, adoption, options, template.title, template.title)


# presets of files


async def add_preset(services: Services, options: argparse.Namespace) -> int:
    """With everything that the workflow offers for the product's own settings; a preset in one file as it is."""
    path = Path(options.add)
    content = await asyncio.to_thread(read_carried, path)
    if is_preset_file(content):
        return _told(services, await services.shelf.add(unpack(content, path.name)), options)
    catalog = None
    if is_document(unwrapped(content)):
        _, catalog = await connected(services, options)
    adoption = await asyncio.to_thread(adopt_file, path, content, catalog)
    return await _add(services, adoption, options, path.stem.replace("_", " "), path.name)


async def _add(services: Services, adoption: Adoption, options: argparse.Namespace, name: str, what: str) -> int:
    def make() -> Preset:
        given = {"name": options.name or name, "what": what, "tool": options.tool or ""}
        return make_preset(services.registry, services.paths.own_presets, adoption, **given)

    try:
        preset = await asyncio.to_thread(make)
    except InvalidField as error:
        raise InvalidInput(error.message) from error
    return _told(services, preset, options)


def _told(services: Services, preset: Preset, options: argparse.Namespace) -> int:
    tool = preset.tool
    if options.json:
        print_json({"id": preset.id, "name": preset.name, "tool": tool.id, "settings": list(preset.fields)})
    else:
        print(preset.id)
        table = services.paths.own_presets / tool.id / f"{preset.short_id}.toml"
        say(f"“{preset.name}” is a preset of {tool.name} now; {table} can be edited.")
    return 0


# graphs


async def convert(options: argparse.Namespace) -> int:
    """The graph on stdout, and what the server lacks for it on stderr."""
    path = Path(options.file)
    content = await asyncio.to_thread(read_carried, path)
    catalog = await _nodes(options, content)
    try:
        flow: Workflow = await asyncio.to_thread(read_workflow, content, catalog)
    except InvalidPreset as error:
        raise InvalidInput(f"{path.name}: {error.message}") from error
    graph: dict[str, Any] = flow.graph
    print(json.dumps(graph, ensure_ascii=False, indent=2))
    for missing in flow.lacking:
        say(f"The server lacks the node {missing.class_type}" + (f" of {missing.pack}." if missing.pack else "."))
    return 0


async def _nodes(options: argparse.Namespace, content: object) -> Catalog | None:
    """None for what is a graph already, which needs no explaining."""
    if options.nodes:
        return await asyncio.to_thread(read_nodes, Path(options.nodes))
    if not is_document(unwrapped(content)):
        return None
    async with Services() as services:
        _, catalog = await connected(services, options)
    return catalog
