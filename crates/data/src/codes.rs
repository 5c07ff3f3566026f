//! The codes in one array of an `.npz`, of whatever type of number they are.

use ndarray::{Array1, Ix1};
use ndarray_npy::ReadableElement;

use crate::npz::{NpzError, NpzReader, array_error};

/// Floats above this size leave out whole numbers, so that a code among them may be another's.
const LARGEST_EXACT_FLOAT: f64 = 9_007_199_254_740_992.0;

/// The codes of an array that has one dimension. Integers of any size are taken, truth values as 0 and 1,
/// and floats if every one is whole.
pub(crate) fn read_codes(reader: &mut NpzReader, array: &str) -> Result<Vec<i128>, NpzError> {
    let (element_type, shape) = reader.describe(array)?;
    let path = reader.path().to_owned();
    let problem = |problem: String| array_error(&path, array, problem);
    if shape.len() != 1 {
        return Err(problem(format!(
            "has {} dimensions, expected one with a code for each photograph",
            shape.len()
        )));
    }
    match element_type.as_str() {
        "bool" => {
            let values: Array1<bool> = reader.array(array)?;
            Ok(values.iter().map(|value| i128::from(*value)).collect())
        }
        "int8" => integers::<i8>(reader, array),
        "int16" => integers::<i16>(reader, array),
        "int32" => integers::<i32>(reader, array),
        "int64" => integers::<i64>(reader, array),
        "uint8" => integers::<u8>(reader, array),
        "uint16" => integers::<u16>(reader, array),
        "uint32" => integers::<u32>(reader, array),
        "uint64" => integers::<u64>(reader, array),
        "float32" => whole_floats::<f32>(reader, array),
        "float64" => whole_floats::<f64>(reader, array),
        other => Err(problem(format!(
            "has elements of type {other}, expected whole numbers"
        ))),
    }
}

fn integers<T: ReadableElement + Copy + Into<i128>>(
    reader: &mut NpzReader,
    array: &str,
) -> Result<Vec<i128>, NpzError> {
    let values = reader.array::<T, Ix1>(array)?;
    Ok(values.iter().map(|value| (*value).into()).collect())
}

fn whole_floats<T: ReadableElement + Copy + Into<f64>>(
    reader: &mut NpzReader,
    array: &str,
) -> Result<Vec<i128>, NpzError> {
    let values = reader.array::<T, Ix1>(array)?;
    let values: Vec<f64> = values.iter().map(|value| (*value).into()).collect();
    // NaN is not whole, nor is infinity below any size.
    let is_code = |value: &f64| value.fract() == 0.0 && value.abs() <= LARGEST_EXACT_FLOAT;
    match values.iter().position(|value| !is_code(value)) {
        Some(row) => Err(array_error(
            reader.path(),
            array,
            format!("has {} in row {row}, expected whole numbers", values[row]),
        )),
        None => Ok(values.into_iter().map(|value| value as i128).collect()),
    }
}
