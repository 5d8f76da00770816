//! Rewrites that keep every bit of a graph's results, and the manager that runs them.

mod dead_code;
mod eliminate_noops;
mod fold_constants;
mod fuse_activation;
mod fuse_matmul;
mod fuse_pad;
mod fuse_rows;
mod fuse_scales;
mod fuse_table;
mod fuse_transposes;
mod links;
#[cfg(test)]
mod testing;

use crate::diag::{Code, Diagnostic, Origin};
use crate::graph::Graph;

/// One rewrite.
pub trait Pass: Sync {
    /// Name in recipes and logs.
    fn name(&self) -> &'static str;

    /// Rewrites what it can; returns whether anything changed. Takes time in proportion to the
    /// nodes, whatever the model.
    fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic>;
}

/// Every pass, in the order in which they run.
pub const ALL: &[&dyn Pass] = &[
    &fold_constants::FoldConstants,
    &eliminate_noops::EliminateNoops,
    &fuse_activation::FuseActivation,
    &fuse_matmul::FuseMatmul,
    &fuse_pad::FusePad,
    &fuse_table::FuseTable,
    &fuse_transposes::FuseTransposes { reorders_sums: false },
    &dead_code::DeadCode,
    // Last, since what others have rewritten makes larger groups, and nobody sees into a group.
    &fuse_rows::FuseRows,
];

/// What readers of networks of floats run before anyone sees the graph. Sums are added up and rounded in
/// another way than the file says; integers keep every bit.
pub const READING: &[&dyn Pass] = &[
    &eliminate_noops::EliminateNoops,
    &fuse_transposes::FuseTransposes { reorders_sums: true },
    &fuse_scales::FuseScales,
    &dead_code::DeadCode,
];

/// One run of a pass that changed the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Name of the pass.
    pub pass: &'static str,
    /// Round of all passes in which it ran, from 1.
    pub round: usize,
    /// Nodes before the change.
    pub nodes_before: usize,
    /// Nodes after it.
    pub nodes_after: usize,
}

/// Runs passes until none changes anything, and verifies the graph after every change. Returns
/// the changes in order.
pub fn run(graph: &mut Graph, passes: &[&dyn Pass]) -> Result<Vec<Change>, Vec<Diagnostic>> {
    // A round that removes no node only shortens chains, which the next has no more of.
    let max_rounds = 2 * graph.nodes().len() + 2;
    let mut log = Vec::new();
    for index in 0..graph.nodes().len() {
        for region in &mut graph.node_mut(index).regions {
            log.extend(run(region, passes)?);
        }
    }
    for round in 1..=max_rounds {
        let changes_before = log.len();
        for pass in passes {
            let nodes_before = graph.nodes().len();
            if pass.run(graph).map_err(|problem| vec![problem])? {
                graph.verify().map_err(|problems| blame(pass.name(), problems))?;
                let nodes_after = graph.nodes().len();
                log.push(Change { pass: pass.name(), round, nodes_before, nodes_after });
            }
        }
        if log.len() == changes_before {
            return Ok(log);
        }
    }
    let text = format!("the passes did not come to rest within {max_rounds} rounds");
    Err(vec![Diagnostic::new(Code::Internal, Origin::Model, text)])
}

/// A graph that was legal before a pass and is not after it is the pass's fault.
fn blame(pass: &str, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let internal = |problem: Diagnostic| Diagnostic {
        code: Code::Internal,
        text: format!("after pass `{pass}`: {}", problem.text),
        ..problem
    };
    problems.into_iter().map(internal).collect()
}

#[cfg(test)]
mod tests {
    use super::testing::{Builder, ZERO_POINT, check_equal};
    use super::*;
    use crate::ops::batch_matmul::BatchMatmul;
    use crate::ops::elementwise::{Elementwise, Function};
    use crate::ops::reduce::{self, Reduce};
    use crate::ops::squared_difference::SquaredDifference;
    use crate::ops::{Op, Window};
    use crate::tensor::{Data, Rounding};

    /// Functions of what is transposed, a pad, a convolution, an activation, a product, reshapes there
    /// and back, a squared distance to a mean, and a part that nobody reads.
    fn graph() -> Graph {
        let mut b = Builder::new();
        let mut x = b.input(&[1, 5, 4, 3]);
        x = b.transpose(x, &[0, 3, 1, 2]);
        for function in [Function::Tanh, Function::Abs] {
            x = b.op(Elementwise { function, rounding: Rounding::Tflm }, &[x]);
        }
        x = b.transpose(x, &[0, 2, 3, 1]);
        let constant = b.constant(&[1, 3, 5, 4]);
        let turned = b.transpose(constant, &[0, 2, 3, 1]);
        let x = b.concatenation(&[x, turned], 3);
        let x = b.pad(x, &[[0, 0], [1, 1], [1, 1], [0, 0]], ZERO_POINT as i8);
        let x = b.split_of_one(x, 3);
        let x = b.conv2d(x, [3, 3], Window::valid([1, 1], [1, 1]));
        let x = b.reshape_like(x, &[20, 4]);
        let x = b.reshape_like(x, &[1, 5, 4, 4]);
        let relu: Op = Elementwise { function: Function::Relu, rounding: Rounding::Tflm }.into();
        let y = b.op_like(relu, x);
        let weights = b.constant(&[4, 6]);
        let y = b.op(BatchMatmul { swapped: [false; 2], rounding: Rounding::Tflm }, &[y, weights]);
        let _unread = b.copy(turned);
        let mean = Reduce {
            function: reduce::Function::Mean,
            axes: vec![3],
            keep_dims: true,
            rounding: Rounding::Tflm,
        };
        let average = b.op(mean, &[y]);
        let y = b.op(SquaredDifference, &[y, average]);
        b.output(y);
        b.finish()
    }

    fn optimised(passes: &[&dyn Pass]) -> (Graph, Vec<Change>) {
        let mut graph = graph();
        let log = run(&mut graph, passes).unwrap();
        (graph, log)
    }

    #[test]
    fn passes_help_each_other() {
        let (after, log) = optimised(ALL);
        let names: Vec<&str> = after.nodes().iter().map(|node| node.op.name()).collect();
        assert_eq!(
            names,
            ["TABLE", "CONCATENATION", "CONV_2D", "FULLY_CONNECTED", "ROWS"],
            "{after}"
        );
        check_equal(&graph(), &after);
        for pass in ALL.iter().filter(|pass| pass.name() != "dead-code") {
            assert!(
                log.iter().any(|change| change.pass == pass.name()),
                "{}: {log:?}",
                pass.name()
            );
        }
    }

    #[test]
    fn every_pass_can_be_left_out() {
        for pass in ALL {
            let others: Vec<&dyn Pass> =
                ALL.iter().copied().filter(|other| other.name() != pass.name()).collect();
            check_equal(&graph(), &optimised(&others).0);
        }
    }

    #[test]
    fn the_log_tells_how_many_nodes_are_left() {
        let (after, log) = optimised(ALL);
        assert_eq!(log[0].nodes_before, graph().nodes().len());
        assert!(log.windows(2).all(|pair| pair[0].nodes_after == pair[1].nodes_before));
        assert_eq!(log.last().unwrap().nodes_after, after.nodes().len());
    }

    #[test]
    fn passes_have_different_names() {
        let mut names: Vec<&str> = ALL.iter().map(|pass| pass.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }

    /// Forgets the first node.
    struct Careless;

    impl Pass for Careless {
        fn name(&self) -> &'static str {
            "careless"
        }

        fn run(&self, graph: &mut Graph) -> Result<bool, Diagnostic> {
            graph.retain_nodes(|index, _| index > 0);
            Ok(true)
        }
    }

    #[test]
    fn a_pass_that_breaks_the_graph_is_blamed() {
        let problems = run(&mut graph(), &[&Careless]).unwrap_err();
        assert!(problems.iter().all(|problem| problem.code == Code::Internal));
        assert!(problems[0].text.starts_with("after pass `careless`"), "{}", problems[0]);
    }

    /// Claims a change again and again.
    struct Restless;

    impl Pass for Restless {
        fn name(&self) -> &'static str {
            "restless"
        }

        fn run(&self, _: &mut Graph) -> Result<bool, Diagnostic> {
            Ok(true)
        }
    }

    #[test]
    fn passes_that_never_rest_are_stopped() {
        let problems = run(&mut graph(), &[&Restless]).unwrap_err();
        assert!(problems[0].text.contains("did not come to rest"), "{}", problems[0]);
    }

    #[test]
    fn a_chain_of_thousands_of_nodes_takes_few_rounds() {
        let mut b = Builder::new();
        let mut x = b.input(&[2, 3]);
        x = b.copy(x);
        for length in 0..3_000 {
            let dims: &[usize] = if length % 2 == 0 { &[6] } else { &[2, 3] };
            x = b.reshape(x, dims);
        }
        b.output(x);
        let mut graph = b.finish();
        let log = run(&mut graph, ALL).unwrap();
        assert_eq!(graph.nodes().len(), 1);
        assert!(log.last().unwrap().round <= 2, "{log:?}");
        let inputs = [Data::I8(vec![1, 2, 3, 4, 5, 6])];
        let values = crate::eval::evaluate(&graph, &inputs).unwrap();
        assert_eq!(crate::eval::outputs(&graph, &values), inputs);
    }
}
