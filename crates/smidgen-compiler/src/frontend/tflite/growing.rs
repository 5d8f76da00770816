//! A way of writing one element of a list, as loops over sequences do it: the list up to the element,
//! the element and the rest are joined. The parts have sizes that only the running model knows; their
//! sum has not. So the three layers become one that replaces a part of the list.

use super::importer::Importer;
use crate::diag::Code;
use crate::graph::Node;
use crate::ops::{Op, OpError};
use crate::reader::tflite::{BuiltinOptionsRef, Operator};
use crate::tensor::MAX_RANK;
use smidgen_schema::tflite::ActivationFunctionType;

/// A slice whose size is not known: the sliced tensor, where it begins and its size.
pub(super) type Part = [usize; 3];

impl<'a> Importer<'a> {
    /// Remembers a slice whose size is not known for the layer that joins it.
    pub(super) fn defer(&mut self, operator: &Operator<'a>) -> Option<Result<(), OpError>> {
        let (&[Some(list), Some(begin), Some(size)], &[Some(part)]) =
            (&operator.inputs[..], &operator.outputs[..])
        else {
            return None;
        };
        let fixed = [begin, size].into_iter().all(|tensor| self.numbers(tensor).is_some());
        if fixed || !self.is_open(part) {
            return None;
        }
        let text = "has a size that is not known before the model runs".to_owned();
        let hint = "slices of such sizes may only be joined to replace an element of a list";
        self.types[part] =
            Err(OpError { code: Code::DynamicShape, text, hint: Some(hint.to_owned()) });
        self.parts.insert(part, [list, begin, size]);
        Some(Ok(()))
    }

    /// Imports a layer that joins a list around a new element.
    pub(super) fn replace_element(
        &mut self,
        operator: &Operator<'a>,
        layer: usize,
        name: &str,
    ) -> Option<Result<(), OpError>> {
        let &[Some(before), Some(element), Some(after)] = &operator.inputs[..] else { return None };
        let (&[list, begin, size], &[rest, _, rest_size]) =
            (self.parts.get(&before)?, self.parts.get(&after)?);
        let Some(BuiltinOptionsRef::ConcatenationOptions(options)) = operator.options else {
            return None;
        };
        let from_start = self.numbers(begin)?.iter().all(|&number| number == 0);
        let to_end = self.numbers(rest_size)?.iter().all(|&number| number == -1);
        let plain = options.fused_activation_function().ok()? == ActivationFunctionType::None;
        let &[Some(joined)] = &operator.outputs[..] else { return None };
        if list != rest || !from_start || !to_end || !plain || self.is_open(joined) {
            return None;
        }
        // The size of the list before the element is where the element starts. Along the other axes
        // it is -1, for all, which as a start means the first place.
        Some(self.add_replacement([list, element, size], joined, layer, name))
    }

    fn add_replacement(
        &mut self,
        inputs: [usize; 3],
        joined: usize,
        layer: usize,
        name: &str,
    ) -> Result<(), OpError> {
        let inputs = inputs.map(|tensor| self.value(tensor, false));
        let inputs = inputs.into_iter().collect::<Result<Vec<_>, _>>()?;
        let output = self.value(joined, false)?;
        self.graph.add_node(Node::new(name, layer, Op::replacement(), inputs, vec![output]));
        Ok(())
    }

    /// The integers of a tensor that is constant, in the file or computed.
    fn numbers(&self, tensor: usize) -> Option<Vec<i64>> {
        let stored = || {
            let ty = self.types[tensor].as_ref().ok()?;
            let ty = Some(ty).filter(|ty| ty.shape.elements() <= MAX_RANK)?;
            crate::ops::import::stored(&self.source.tensors[tensor], ty)
        };
        let folded = || {
            let value = self.graph.value(*self.values.get(&(tensor, false))?);
            value.constant.as_deref().filter(|data| data.len() <= MAX_RANK).cloned()
        };
        folded().or_else(stored).and_then(|data| data.integers())
    }
}
