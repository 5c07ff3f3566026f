//! The elements of a tensor, whichever way they were stored.

use crate::messages::{TensorProto, data_type};

impl TensorProto {
    /// The only element, if there is exactly one and it is a number.
    pub(crate) fn number(&self) -> Option<f64> {
        match self.numbers()?.as_slice() {
            [number] => Some(*number),
            _ => None,
        }
    }

    /// All elements in order, if they are numbers and as many as the shape says. Integers beyond 2^53 are rounded.
    pub(crate) fn numbers(&self) -> Option<Vec<f64>> {
        let numbers = if self.tensor_content.is_empty() {
            self.numbers_of_fields()?
        } else {
            self.numbers_of_content()?
        };
        (self.element_count() == Some(numbers.len())).then_some(numbers)
    }

    /// All elements in order, if they are strings.
    pub(crate) fn strings(self) -> Option<Vec<Vec<u8>>> {
        (self.dtype == data_type::STRING).then_some(self.string_val)
    }

    /// The sizes of the dimensions, if they are known.
    pub(crate) fn sizes(&self) -> Option<Vec<usize>> {
        let Some(shape) = &self.tensor_shape else {
            return Some(Vec::new());
        };
        let sizes = shape.dim.iter().map(|dim| usize::try_from(dim.size).ok());
        if shape.unknown_rank {
            return None;
        }
        sizes.collect()
    }

    fn element_count(&self) -> Option<usize> {
        let sizes = self.sizes()?;
        sizes.into_iter().try_fold(1_usize, usize::checked_mul)
    }

    fn numbers_of_fields(&self) -> Option<Vec<f64>> {
        // Both kinds of 16-bit floats lie in the lower half of a wider integer.
        let halves = self.half_val.iter().map(|bits| *bits as u16);
        Some(match self.dtype {
            data_type::FLOAT => self.float_val.iter().copied().map(f64::from).collect(),
            data_type::DOUBLE => self.double_val.clone(),
            data_type::HALF => halves.map(of_half).collect(),
            data_type::BFLOAT16 => halves.map(of_bfloat16).collect(),
            data_type::INT8
            | data_type::INT16
            | data_type::INT32
            | data_type::UINT8
            | data_type::UINT16 => self.int_val.iter().copied().map(f64::from).collect(),
            data_type::INT64 => self.int64_val.iter().map(|value| *value as f64).collect(),
            data_type::UINT32 => self.uint32_val.iter().copied().map(f64::from).collect(),
            data_type::UINT64 => self.uint64_val.iter().map(|value| *value as f64).collect(),
            _ => return None,
        })
    }

    fn numbers_of_content(&self) -> Option<Vec<f64>> {
        let count = self.element_count()?;
        let content = self.tensor_content.as_slice();
        match self.dtype {
            data_type::FLOAT => elements(content, count, |it| f32::from_le_bytes(it).into()),
            data_type::DOUBLE => elements(content, count, f64::from_le_bytes),
            data_type::HALF => elements(content, count, |it| of_half(u16::from_le_bytes(it))),
            data_type::BFLOAT16 => {
                elements(content, count, |it| of_bfloat16(u16::from_le_bytes(it)))
            }
            data_type::INT8 => elements(content, count, |it| i8::from_le_bytes(it).into()),
            data_type::INT16 => elements(content, count, |it| i16::from_le_bytes(it).into()),
            data_type::INT32 => elements(content, count, |it| i32::from_le_bytes(it).into()),
            data_type::INT64 => elements(content, count, |it| i64::from_le_bytes(it) as f64),
            data_type::UINT8 => elements(content, count, |it| u8::from_le_bytes(it).into()),
            data_type::UINT16 => elements(content, count, |it| u16::from_le_bytes(it).into()),
            data_type::UINT32 => elements(content, count, |it| u32::from_le_bytes(it).into()),
            data_type::UINT64 => elements(content, count, |it| u64::from_le_bytes(it) as f64),
            _ => None,
        }
    }
}

/// The elements of `content`, `SIZE` bytes each, if there are `count`: looked at before room is taken for them.
fn elements<const SIZE: usize>(
    content: &[u8],
    count: usize,
    number: fn([u8; SIZE]) -> f64,
) -> Option<Vec<f64>> {
    let (elements, rest) = content.as_chunks();
    (elements.len() == count && rest.is_empty())
        .then(|| elements.iter().copied().map(number).collect())
}

/// IEEE 754 half precision: a sign, 5 bits of exponent, 10 of fraction.
fn of_half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    let size = match bits >> 10 & 0x1f {
        0 => fraction * 2.0_f64.powi(-14),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        exponent => (1.0 + fraction) * 2.0_f64.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// The upper half of a single-precision number.
fn of_bfloat16(bits: u16) -> f64 {
    f32::from_bits(u32::from(bits) << 16).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{Dimension, TensorShapeProto};

    fn shape(sizes: &[i64]) -> Option<TensorShapeProto> {
        let dim = sizes.iter().map(|size| Dimension { size: *size }).collect();
        let unknown_rank = false;
        Some(TensorShapeProto { dim, unknown_rank })
    }

    fn content(dtype: i32, bytes: &[u8]) -> TensorProto {
        TensorProto {
            dtype,
            tensor_content: bytes.to_vec(),
            ..TensorProto::default()
        }
    }

    #[test]
    fn half_precision_is_read_as_its_definition_says() {
        // The table of the standard's examples.
        for (bits, value) in [
            (0x0000, 0.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x03ff, 6.097_555_160_522_461e-5),
            (0x0400, 6.103_515_625e-5),
            (0x3555, 0.333_251_953_125),
            (0x3c00, 1.0),
            (0x3c01, 1.000_976_562_5),
            (0x7bff, 65504.0),
            (0x7c00, f64::INFINITY),
            (0xc000, -2.0),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(of_half(bits), value, "{bits:#06x}");
        }
        assert!(of_half(0x8000).is_sign_negative() && of_half(0x7c01).is_nan());
        assert_eq!((of_bfloat16(0x3fc0), of_bfloat16(0xc2f7)), (1.5, -123.5));
    }

    #[test]
    fn every_type_of_number_is_read_from_its_bytes() {
        for (dtype, bytes, number) in [
            (data_type::FLOAT, &(-1.5_f32).to_le_bytes()[..], -1.5),
            (data_type::DOUBLE, &0.1_f64.to_le_bytes(), 0.1),
            (data_type::HALF, &[0, 0xc0], -2.0),
            (data_type::BFLOAT16, &[0xc0, 0x3f], 1.5),
            (data_type::INT8, &[0xff], -1.0),
            (data_type::INT16, &[0xfe, 0xff], -2.0),
            (data_type::INT32, &[0xfd, 0xff, 0xff, 0xff], -3.0),
            (data_type::INT64, &(-4_i64).to_le_bytes(), -4.0),
            (data_type::UINT8, &[0xff], 255.0),
            (data_type::UINT16, &[0xff, 0xff], 65535.0),
            (data_type::UINT32, &[0xff; 4], 4_294_967_295.0),
            (data_type::UINT64, &[0xff; 8], 18_446_744_073_709_551_615.0),
        ] {
            assert_eq!(content(dtype, bytes).number(), Some(number), "{dtype}");
            // A byte more or fewer is no such element.
            assert_eq!(content(dtype, &bytes[1..]).number(), None, "{dtype}");
            let longer = [bytes, &[0]].concat();
            assert_eq!(content(dtype, &longer).number(), None, "{dtype}");
        }
    }

    #[test]
    fn every_type_of_number_is_read_from_its_field() {
        let tensor = TensorProto {
            float_val: vec![0.5],
            double_val: vec![0.1],
            half_val: vec![0x3c00],
            int_val: vec![-7],
            int64_val: vec![-8],
            uint32_val: vec![9],
            uint64_val: vec![10],
            ..TensorProto::default()
        };
        for (dtype, number) in [
            (data_type::FLOAT, Some(0.5)),
            (data_type::DOUBLE, Some(0.1)),
            (data_type::HALF, Some(1.0)),
            (data_type::BFLOAT16, Some(0.007_812_5)),
            (data_type::INT8, Some(-7.0)),
            (data_type::INT16, Some(-7.0)),
            (data_type::INT32, Some(-7.0)),
            (data_type::UINT8, Some(-7.0)),
            (data_type::UINT16, Some(-7.0)),
            (data_type::INT64, Some(-8.0)),
            (data_type::UINT32, Some(9.0)),
            (data_type::UINT64, Some(10.0)),
            (data_type::STRING, None),
            (0, None),
            (-1, None),
            (101, None),
        ] {
            let tensor = TensorProto {
                dtype,
                ..tensor.clone()
            };
            assert_eq!(tensor.number(), number, "{dtype}");
        }
    }

    #[test]
    fn a_tensor_is_one_number_only_if_its_shape_says_so() {
        let single = |tensor_shape| TensorProto {
            tensor_shape,
            ..content(data_type::FLOAT, &1.0_f32.to_le_bytes())
        };
        for sizes in [&[][..], &[1], &[1, 1, 1]] {
            assert_eq!(single(shape(sizes)).number(), Some(1.0), "{sizes:?}");
        }
        for sizes in [&[0][..], &[2], &[-1], &[-1, -1], &[i64::MAX, i64::MAX, 4]] {
            assert_eq!(single(shape(sizes)).number(), None, "{sizes:?}");
        }
        let mut unknown = shape(&[]);
        unknown.as_mut().unwrap().unknown_rank = true;
        assert_eq!(single(unknown).number(), None);
    }
}
