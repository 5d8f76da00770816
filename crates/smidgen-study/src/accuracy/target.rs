//! Some of the samples on a board, whose outputs must be those of this computer.

use super::Candidate;
use super::comparison::Comparison;
use super::host::{HostModel, Memory};
use super::report::TargetAccuracy;
use crate::Error;
use crate::compare::compare_output;
use crate::data::Dataset;
use crate::inputs::Sample;
use crate::report::{RunReport, Verdict};
use smidgen_compiler::tensor::Data;
use smidgen_target::Board;

/// Runs `count` of the samples on `board` and compares every output.
pub(super) fn check(
    comparison: &Comparison,
    candidate: &Candidate,
    board: &Board,
    host: &HostModel,
    dataset: &Dataset,
    count: usize,
) -> Result<TargetAccuracy, Error> {
    let indices = chosen(dataset.len(), count, host.memory());
    let samples: Vec<Sample> =
        indices.iter().map(|&index| dataset.sample(index)).collect::<Result<_, _>>()?;
    let expected = host.run(&samples)?;
    let (mut verdict, mut max_difference) = (Verdict::Exact, 0f64);
    match run(comparison, candidate, board, &samples, host) {
        Ok((report, actual)) => {
            let ports = 0..expected.first().map_or(0, Vec::len);
            let comparisons = ports.map(|port| compare_output(port, &expected, &actual));
            for found in comparisons {
                verdict = verdict.max(found.verdict);
                max_difference = max_difference.max(found.max_difference);
            }
            let run = Some(Box::new(report));
            Ok(TargetAccuracy { samples: indices, verdict, max_difference, run, failure: None })
        }
        // The board is too small, or the model misbehaves there: that is a finding.
        Err(error) if error.blames_model() => {
            let (verdict, failure) = (Verdict::Wrong, Some(error.to_string()));
            Ok(TargetAccuracy { samples: indices, verdict, max_difference, run: None, failure })
        }
        Err(error) => Err(error),
    }
}

/// The first samples of a sequence, or else samples from everywhere.
fn chosen(all: usize, count: usize, memory: Memory) -> Vec<usize> {
    match memory {
        Memory::Reset => {
            let count = count.min(all);
            (0..count).map(|index| index * all / count).collect()
        }
        Memory::Sequence(length) => (0..count.min(length).min(all)).collect(),
    }
}

/// What a board computes, and the report of the run; of samples that know nothing of each other it
/// is that of the first, with the worst verdict.
fn run(
    comparison: &Comparison,
    candidate: &Candidate,
    board: &Board,
    samples: &[Sample],
    host: &HostModel,
) -> Result<(RunReport, Vec<Vec<Data>>), Error> {
    let Candidate { model, recipe, .. } = candidate;
    let apart = !model.graph.states().is_empty() && host.memory() == Memory::Reset;
    let runs: Vec<&[Sample]> = if apart { samples.chunks(1).collect() } else { vec![samples] };
    let mut found: Option<RunReport> = None;
    let mut outputs = Vec::new();
    for samples in runs {
        let mut evaluation =
            comparison.workbench.evaluate(model, board, recipe, samples, &|_| ())?;
        evaluation.move_to(board, &comparison.settings.terms)?;
        outputs.extend(evaluation.outputs);
        let report = evaluation.report;
        let verdict = found.as_ref().map_or(report.verdict, |r| r.verdict.max(report.verdict));
        let first = found.get_or_insert(report);
        first.verdict = verdict;
        first.samples = outputs.len();
    }
    let report = found.ok_or_else(|| Error::Usage("no sample is to run on the board".into()))?;
    Ok((report, outputs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_from_everywhere() {
        assert_eq!(chosen(10, 3, Memory::Reset), [0, 3, 6]);
        assert_eq!(chosen(2, 3, Memory::Reset), [0, 1]);
        assert_eq!(chosen(10, 3, Memory::Sequence(5)), [0, 1, 2]);
        assert_eq!(chosen(10, 3, Memory::Sequence(2)), [0, 1]);
    }
}
