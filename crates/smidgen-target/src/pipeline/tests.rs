//! What tables say is what comes out; every kind of mistake is named with its file and field.

use super::{Cycles, Operand, Pairs, Slot};
use crate::{Class, Registry, SourceFile};

const PIPELINE: SourceFile<'_> = SourceFile {
    path: "mine/pipelines/p1.toml",
    text: r#"
        version = 1
        description = "Mine"
        [sources]
        trm = "the manual"
        [units]
        load = 2
        [pairs]
        narrow = true
        second = ["nop"]
        alone = ["divide"]
        source = "trm"
        [operands]
        address = 1
        [branches]
        prediction = "none"
        taken = 1
        jump = 1
        call = 1
        indirect = 2
        load = 2
        source = "trm"
        [default]
        cycles = 1
        source = "trm"
        [[timing]]
        classes = ["load"]
        cycles = 2
        latency_to = { data = 0 }
        units = ["load"]
        source = "trm"
        [[timing]]
        classes = ["divide"]
        cycles = [2, 12]
        source = "assumed: as on others"
    "#,
};

fn check_pipeline_error(from: &str, to: &str, message: &str) {
    assert!(PIPELINE.text.contains(from));
    let text = &PIPELINE.text.replacen(from, to, 1);
    let error =
        Registry::load(&[SourceFile { path: PIPELINE.path, text }]).unwrap_err().to_string();
    assert!(error.contains(PIPELINE.path), "{error}");
    assert!(error.contains(message), "{error}");
}

#[test]
fn pipeline_says_what_its_table_says() {
    let registry = Registry::load(&[PIPELINE]).unwrap();
    let pipeline = registry.pipelines().find(|pipeline| pipeline.name == "p1").unwrap();
    assert_eq!(pipeline.pairs, Pairs::Narrow);
    let load = pipeline.timing(Class::Load);
    assert_eq!(
        (load.cycles, load.units.as_slice(), load.slot),
        (Cycles::Fixed(2), &[0][..], Slot::First)
    );
    assert_eq!(pipeline.latency(load, Operand::Plain), 1);
    assert_eq!(pipeline.latency(load, Operand::Address), 2);
    assert_eq!(pipeline.latency(load, Operand::Data), 0);
    assert_eq!(pipeline.timing(Class::Nop).slot, Slot::Any);
    assert_eq!(pipeline.timing(Class::Divide).slot, Slot::Alone);
    assert_eq!(pipeline.timing(Class::Divide).cycles.range(), (2, 12));
}

#[test]
fn every_core_that_is_emulated_is_priced() {
    for board in Registry::builtin().boards().filter(|board| board.core.emulated_on.is_some()) {
        assert!(board.core.pipeline.is_some(), "{}", board.name);
    }
}

#[test]
fn pipelines_name_their_mistakes() {
    check_pipeline_error(
        "trm = \"the manual\"",
        "trm = \"\"\nerrata = \"\"",
        "`sources.errata`: nothing",
    );
    check_pipeline_error(
        "indirect = 2",
        "indirect = 2\nassumed = { direct = \"\" }",
        "`direct` is no cost of branches",
    );
    check_pipeline_error("version = 1", "version = 2", "must be 1");
    check_pipeline_error("load = 2", "load = 0", "at least 1");
    check_pipeline_error("load = 2", "load = 17", "all together 16");
    check_pipeline_error("units = [", "pipes = [", "unknown field `pipes`");
    check_pipeline_error("units = [\"load\"]", "units = [\"store\"]", "there is no unit `store`");
    check_pipeline_error(
        "units = [\"load\"]",
        "units = [\"load\", \"load\", \"load\"]",
        "3 pipes of unit `load`, which has 2",
    );
    check_pipeline_error("units = [\"load\"]", "unit_cycles = 3", "there are no `units` to take");
    check_pipeline_error("[2, 12]", "[12, 2]", "the least comes first");
    check_pipeline_error(
        "classes = [\"divide\"]",
        "classes = [\"load\"]",
        "two groups have this class",
    );
    check_pipeline_error("classes = [\"divide\"]", "classes = [\"div\"]", "unknown variant `div`");
    check_pipeline_error(
        "source = \"assumed: as on others\"",
        "source = \"blog\"",
        "`timing.divide.source`: `blog` is neither",
    );
    check_pipeline_error(
        "[default]\n        cycles = 1\n        source = \"trm\"",
        "",
        "missing, and there is no default",
    );
    check_pipeline_error(
        "prediction = \"none\"",
        "prediction = \"some\"",
        "unknown variant `some`",
    );
}

#[test]
fn unknown_pipeline_is_named() {
    let text = "description = \"M4\"\nisa = \"armv7e-m\"\nfeatures = []\ntoolchain = \"arm-none-eabi-gcc\"\nflags = []\npipeline = \"cortex-m5\"";
    let error = Registry::load(&[SourceFile { path: "mine/cores/c.toml", text }]).unwrap_err();
    assert!(
        error.to_string().contains("there is no `cortex-m5`; did you mean `cortex-m"),
        "{error}"
    );
}
