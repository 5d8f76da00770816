//! C symbols of a program: steps, constants shared by content, kernels shared by shape.

use super::names;
use crate::lower::{Operand, Program, Step};
use crate::ops::{Arg, Base, CArray, Call};
use std::collections::BTreeMap;

/// All symbols of a program.
pub(super) struct Symbols<'a> {
    /// Constant arrays, each content once.
    pub(super) constants: Vec<ConstantSymbol<'a>>,
    /// Calls that several steps make with equal numbers, each once.
    pub(super) kernels: Vec<KernelSymbol<'a>>,
    /// One per step.
    pub(super) steps: Vec<StepSymbol>,
    /// For each state, index into [`Symbols::constants`] of its first content, unless that is zero.
    pub(super) states: Vec<Option<usize>>,
}

/// A constant array.
pub(super) struct ConstantSymbol<'a> {
    /// C symbol.
    pub(super) symbol: String,
    /// Elements.
    pub(super) data: &'a CArray,
    /// Whether it holds the model's parameters.
    pub(super) is_weight: bool,
    /// What it is and for which layer, for a comment.
    pub(super) comment: String,
}

/// A function shared by several steps.
pub(super) struct KernelSymbol<'a> {
    /// C symbol.
    pub(super) symbol: String,
    /// A step that makes the call, and the call: the others differ in pointers only.
    pub(super) step: &'a Step,
    /// The call.
    pub(super) call: &'a Call,
}

/// The function of a step.
pub(super) struct StepSymbol {
    /// C symbol.
    pub(super) function: String,
    /// Index into [`Symbols::constants`] for each of the step's prepared constants.
    pub(super) constants: Vec<usize>,
    /// Index into [`Symbols::constants`] for each operand that calls read unprepared.
    pub(super) operands: BTreeMap<usize, usize>,
    /// For each call, the shared kernel that makes it.
    pub(super) kernels: Vec<Option<usize>>,
}

impl<'a> Symbols<'a> {
    /// Names everything in `program`.
    pub(super) fn new(program: &'a Program) -> Self {
        let mut symbols =
            Self { constants: vec![], kernels: vec![], steps: vec![], states: vec![] };
        let mut by_content: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        let uses = call_counts(program);
        let mut by_call: BTreeMap<String, usize> = BTreeMap::new();
        for (index, step) in program.steps.iter().enumerate() {
            let first = symbols.constants.len();
            let mut constant = |name: &str, is_weight: bool, data: &'a CArray| {
                *by_content.entry(content(data)).or_insert_with(|| {
                    let comment = format!("{name} of {}", names::comment(&step.name));
                    let mut symbol = format!("w{index:02}_{name}");
                    let place = symbols.constants.len();
                    if symbols.constants[first..].iter().any(|other| other.symbol == symbol) {
                        symbol = format!("{symbol}_{}", place - first);
                    }
                    symbols.constants.push(ConstantSymbol { symbol, data, is_weight, comment });
                    place
                })
            };
            let prepared = &step.code.constants;
            let constants =
                prepared.iter().map(|c| constant(c.name, c.is_weight, &c.data)).collect();
            let operands = read_operands(step)
                .map(|(i, data)| (i, constant(&format!("operand{i}"), true, data)))
                .collect();
            let mut kernels = Vec::new();
            for call in &step.code.calls {
                let key = call_key(step, call);
                let shared = (step.loops.is_none() && uses[&key] > 1).then(|| {
                    *by_call.entry(key).or_insert_with(|| {
                        let short = call.function.trim_start_matches("smidgen_");
                        let symbol = format!("kernel_{:02}_{short}", symbols.kernels.len());
                        symbols.kernels.push(KernelSymbol { symbol, step, call });
                        symbols.kernels.len() - 1
                    })
                });
                kernels.push(shared);
            }
            let function = format!("step_{index:02}_{}", names::identifier(step.kind));
            symbols.steps.push(StepSymbol { function, constants, operands, kernels });
        }
        for (index, state) in program.states.iter().enumerate() {
            let key = content(&state.initial);
            let is_zero = !key[state.initial.c_type().len()..].iter().any(|&byte| byte != 0);
            let constant = (!is_zero).then(|| {
                *by_content.entry(key).or_insert_with(|| {
                    symbols.constants.push(ConstantSymbol {
                        symbol: format!("s{index:02}_initial"),
                        data: &state.initial,
                        is_weight: true,
                        comment: format!("first content of {}", names::comment(&state.name)),
                    });
                    symbols.constants.len() - 1
                })
            });
            symbols.states.push(constant);
        }
        symbols
    }

    /// Symbols of the constants that step `index` reads.
    pub(super) fn constants_of(&self, index: usize) -> Vec<String> {
        let step = &self.steps[index];
        let all = step.constants.iter().chain(step.operands.values());
        all.map(|&i| self.constants[i].symbol.clone()).collect()
    }

    /// Symbols of the shared kernels that step `index` calls.
    pub(super) fn kernels_of(&self, index: usize) -> Vec<String> {
        let kernels = self.steps[index].kernels.iter().flatten();
        kernels.map(|&i| self.kernels[i].symbol.clone()).collect()
    }
}

/// Constant operands that some call reads as they are.
fn read_operands(step: &Step) -> impl Iterator<Item = (usize, &CArray)> {
    let read = |index: usize| {
        let args = step.code.calls.iter().flat_map(|call| &call.args);
        args.into_iter().any(|(_, arg)| match arg {
            Arg::Input(i) | Arg::InputAt(i, _) | Arg::Moving(Base::Input(i), _) => *i == index,
            _ => false,
        })
    };
    step.inputs.iter().enumerate().filter_map(move |(index, operand)| match operand {
        Operand::Constant(data) if read(index) => Some((index, data)),
        _ => None,
    })
}

/// How often each call is made, pointers aside. Calls in loops belong to their steps.
fn call_counts(program: &Program) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for step in program.steps.iter().filter(|step| step.loops.is_none()) {
        for call in &step.code.calls {
            *counts.entry(call_key(step, call)).or_insert(0) += 1;
        }
    }
    counts
}

/// Equal for calls of the same function with the same numbers and pointer types.
fn call_key(step: &Step, call: &Call) -> String {
    let argument = |arg: &Arg| match arg {
        Arg::Int(x) => x.to_string(),
        Arg::Float(x) => format!("{:08x}f", x.to_bits()),
        pointer => pointer_type(step, pointer),
    };
    let args: Vec<_> = call.args.iter().map(|(_, arg)| argument(arg)).collect();
    format!("{}({})", call.function, args.join(", "))
}

/// The C type of a pointer argument, such as `const int8_t *`.
///
/// # Panics
/// If the argument is a number.
pub(super) fn pointer_type(step: &Step, arg: &Arg) -> String {
    match arg {
        Arg::Input(i) | Arg::InputAt(i, _) | Arg::Moving(Base::Input(i), _) => {
            match &step.inputs[*i] {
                Operand::Activation(port) => format!("const {} *", port.ty.dtype.c_type()),
                Operand::Constant(data) => format!("const {} *", data.c_type()),
            }
        }
        Arg::Output(i) | Arg::OutputAt(i, _) | Arg::Moving(Base::Output(i), _) => {
            format!("{} *", step.outputs[*i].ty.dtype.c_type())
        }
        Arg::Constant(i) => format!("const {} *", step.code.constants[*i].data.c_type()),
        Arg::Scratch => "void *".into(),
        Arg::Moving(Base::Scratch(_, dtype), _) => format!("{} *", dtype.c_type()),
        Arg::Moving(Base::Variable(i), _) => {
            let loops = step.loops.as_ref().expect("a step with variables has loops");
            format!("{} *", loops.variables[*i].c_type())
        }
        Arg::Int(_) | Arg::Float(_) => unreachable!("callers handle numbers themselves"),
    }
}

/// Type and elements as bytes, so that equal arrays are stored once.
fn content(data: &CArray) -> Vec<u8> {
    let mut bytes = data.c_type().as_bytes().to_vec();
    match data {
        CArray::I8(v) => bytes.extend(v.iter().map(|&x| x as u8)),
        CArray::U8(v) => bytes.extend(v),
        CArray::I16(v) => bytes.extend(v.iter().flat_map(|x| x.to_le_bytes())),
        CArray::I32(v) => bytes.extend(v.iter().flat_map(|x| x.to_le_bytes())),
        CArray::I64(v) => bytes.extend(v.iter().flat_map(|x| x.to_le_bytes())),
        CArray::F32(v) => bytes.extend(v.iter().flat_map(|x| x.to_le_bytes())),
    }
    bytes
}
