//! The way from a graph to C for one core: optimise, lower, plan, check the plan, emit.

use crate::diag::{Code, Diagnostic, Origin};
use crate::emit::{self, Bundle};
use crate::graph::Graph;
use crate::lower::{self, Program};
use crate::plan::{self, Planner};
use smidgen_target::Features;

/// A compiled model with every stage that led to it.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The graph that was lowered.
    pub graph: Graph,
    /// Steps and buffers.
    pub program: Program,
    /// What the planner was asked.
    pub problem: plan::Problem,
    /// What it answered.
    pub solution: plan::Solution,
    /// The C text.
    pub bundle: Bundle,
}

/// Compiles a verified graph for a core with `features`.
pub fn compile(
    graph: Graph,
    features: &Features,
    planner: &dyn Planner,
) -> Result<Compiled, Vec<Diagnostic>> {
    let program = lower::lower(&graph, features)?;
    let problem = program
        .problem(None)
        .map_err(|e| vec![Diagnostic::new(Code::TooLarge, Origin::Model, e.to_string())])?;
    let solution = planner.solve(&problem);
    plan::validate(&problem, &solution).map_err(|violation| {
        let text = format!("planner `{}` broke a rule: {violation}", planner.name());
        vec![Diagnostic::new(Code::Internal, Origin::Model, text)]
    })?;
    let bundle = emit::emit(&program, &solution);
    Ok(Compiled { graph, program, problem, solution, bundle })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Node;
    use crate::ops::case::plain;
    use crate::ops::{Control, Op};
    use crate::tensor::DType;

    #[test]
    fn every_case_compiles_to_the_same_text_twice() {
        for (operator, cases) in Op::cases() {
            for case in cases {
                let build = || {
                    let graph = Graph::of_case(&case);
                    compile(graph, &Features::default(), plan::ALL[0])
                        .unwrap_or_else(|e| panic!("{operator} {}: {e:?}", case.name))
                };
                let (one, two) = (build(), build());
                assert_eq!(one.bundle, two.bundle);
                assert_eq!(one.bundle.manifest.steps.len(), one.program.steps.len());
            }
        }
    }

    #[test]
    fn every_included_file_is_in_the_bundle() {
        for case in Op::cases().into_iter().flat_map(|(_, cases)| cases) {
            let compiled = compile(Graph::of_case(&case), &Features::default(), plan::ALL[0]);
            let files = compiled.expect("cases compile").bundle.files;
            let includes = files.iter().flat_map(|file| file.text.lines());
            for file in includes.filter_map(|line| line.strip_prefix("#include \"")) {
                let found = files.iter().any(|f| Some(f.path.as_str()) == file.strip_suffix('"'));
                assert!(found, "{}: {file} is missing", case.name);
            }
        }
    }

    /// Decisions about nothing are part of the way, though nothing runs.
    #[test]
    fn a_branch_without_steps_finds_its_condition() {
        let mut graph = Graph::new("m");
        let choice = graph.add_input("choice", plain(DType::Bool, &[]));
        let op = Op::Control(Control::If { results: Vec::new() });
        let regions = vec![Graph::default(), Graph::default()];
        graph.add_node(Node { regions, ..Node::new("if", 0, op, vec![choice], vec![]) });
        graph.set_outputs(vec![choice]);
        graph.verify().expect("the graph is legal");
        let bundle =
            compile(graph, &Features::default(), plan::ALL[0]).expect("it compiles").bundle;
        let source = bundle.files.iter().find(|file| file.path == "model.c").expect("it is there");
        assert!(source.text.contains("arena_bytes = arena;\n    if (arena_bytes[0])"));
    }
}
