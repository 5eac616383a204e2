"""DOS: the rules that ask about other events, over one world."""

from infant_course.events import Agent, Quantity, Radiotherapy, SupportiveTreatment, Transplant, TreatmentBlock
from infant_course.vocabulary import DoseBasis, Route, Site
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict
from oracle.worlds import Placed, World


def _names(event: object) -> set[str]:
    return {agent.name for agent in getattr(event, "agents", ())}


def dos_04(me: Placed, world: World) -> Verdict:
    """5 g/m² (or a multiple) where nominal, and leucovorin in the block or as supportive treatment."""
    block = me.event
    assert isinstance(block, TreatmentBlock)
    given = [a for a in block.agents if a.name == "methotrexate" and a.route is Route.INTRAVENOUS]
    if block.protocol != "interfant-06" or block.block != "marma" or not given:
        return SILENT
    for agent in given:
        assert agent.dose is not None
        if agent.basis is DoseBasis.NOMINAL and agent.dose.value % 5000:
            return True
    rescue = [block, *(placed.event for placed in world.recorded(SupportiveTreatment))]
    return not any("leucovorin" in _names(event) for event in rescue)


def dos_10(me: Placed, world: World) -> Verdict:
    """Dose, site and fractions are told; no dose above 100 Gy; below 24 Gy to the testis goes with an HSCT."""
    course = me.event
    assert isinstance(course, Radiotherapy)
    if course.dose is None or course.site is None or course.fractions is None or course.dose.value > 100:
        return True
    return course.site is Site.TESTIS and course.dose.value < 24 and not world.of(Transplant)


def _marma(*agents: Agent) -> TreatmentBlock:
    return TreatmentBlock(id="", protocol="interfant-06", block="marma", agents=agents)


def _methotrexate(dose: float) -> Agent:
    return Agent(name="methotrexate", dose=Quantity(dose, "mg/m2"), route=Route.INTRAVENOUS, basis=DoseBasis.NOMINAL)


RULES: Rules = {
    "DOS-04": (("treatment_block",), dos_04, ()),
    "DOS-10": (("radiotherapy",), dos_10, ((Transplant(id="x"),),)),
}
KINDS: Kinds = {
    "rescue": (
        _marma(_methotrexate(5000)),
        _marma(_methotrexate(3000), Agent(name="leucovorin")),
        _marma(_methotrexate(10000), Agent(name="leucovorin")),
        SupportiveTreatment(id="", agents=(Agent(name="leucovorin"),)),
        SupportiveTreatment(id="", agents=(Agent(name="meropenem"),)),
    ),
    "boost": (
        Radiotherapy(id="", site=Site.TESTIS, dose=Quantity(6, "Gy"), fractions=3),
        Radiotherapy(id="", site=Site.TESTIS, dose=Quantity(24, "Gy"), fractions=12),
        Radiotherapy(id="", site=Site.CNS, dose=Quantity(12, "Gy")),
        Radiotherapy(id="", site=Site.CNS, dose=Quantity(1200, "Gy"), fractions=6),
        Transplant(id=""),
        Transplant(id=""),
    ),
}
