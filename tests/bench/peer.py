# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs' ways; prints the seconds that took, or "cannot".

    peer.py zarr|gdal STORE                       reads a whole array into memory
    peer.py zarr-write|gdal-write STORE FLAT OUT  makes OUT, an array as in STORE, of a flat file, by chunk rows
"""
import os
import sys
import time


def read_zarr(path):
    import zarr
    array = zarr.open(path, mode="r")
    start = time.perf_counter()
    data = array[...]
    return time.perf_counter() - start, data.nbytes


def open_gdal(path):
    from osgeo import gdal
    gdal.UseExceptions()
    dataset = gdal.OpenEx(f'ZARR:"{path}"', gdal.OF_MULTIDIM_RASTER)
    group = dataset.GetRootGroup()
    return dataset, group.OpenMDArray(group.GetMDArrayNames()[0])


def read_gdal(path):
    _, array = open_gdal(path)
    start = time.perf_counter()
    data = array.ReadAsArray()
    return time.perf_counter() - start, data.nbytes


def write_zarr(path, flat, out):
    import numpy
    import zarr
    like = zarr.open(path, mode="r")
    data = numpy.memmap(flat, dtype=like.dtype, mode="r", shape=like.shape)
    start = time.perf_counter()
    array = zarr.create(like.shape, chunks=like.chunks, dtype=like.dtype, compressor=like.compressor, store=out,
                        fill_value=0, overwrite=True)
    for row in range(0, like.shape[0], like.chunks[0]):
        array[row:row + like.chunks[0]] = data[row:row + like.chunks[0]]
    return time.perf_counter() - start, data.nbytes


def gdal_options(compressor):
    """GDAL's words for a numcodecs configuration."""
    config = compressor.get_config() if compressor else {"id": "none"}
    if config["id"] == "blosc":
        shuffle = {0: "NONE", 1: "BYTE", 2: "BIT"}[config["shuffle"]]
        return ["COMPRESS=BLOSC", f"BLOSC_CNAME={config['cname']}", f"BLOSC_CLEVEL={config['clevel']}",
                f"BLOSC_SHUFFLE={shuffle}"]
    if config["id"] in ("zstd", "zlib"):
        return [f"COMPRESS={config['id'].upper()}", f"{config['id'].upper()}_LEVEL={config['level']}"]
    return ["COMPRESS=NONE"]


def write_gdal(path, flat, out):
    import numpy
    import zarr
    from osgeo import gdal, gdal_array
    gdal.UseExceptions()
    like = zarr.open(path, mode="r")
    data = numpy.memmap(flat, dtype=like.dtype, mode="r", shape=like.shape)
    kind = gdal.ExtendedDataType.Create(gdal_array.NumericTypeCodeToGDALTypeCode(like.dtype))
    start = time.perf_counter()
    dataset = gdal.GetDriverByName("Zarr").CreateMultiDimensional(out)
    group = dataset.GetRootGroup()
    dims = [group.CreateDimension(f"d{i}", None, None, n) for i, n in enumerate(like.shape)]
    options = ["BLOCKSIZE=" + ",".join(map(str, like.chunks))] + gdal_options(like.compressor)
    array = group.CreateMDArray("a", dims, kind, options)
    for row in range(0, like.shape[0], like.chunks[0]):
        part = data[row:row + like.chunks[0]]
        array.Write(part, array_start_idx=[row] + [0] * (part.ndim - 1), count=list(part.shape))
    del array, group, dims
    dataset = None
    return time.perf_counter() - start, data.nbytes


WAYS = {"zarr": read_zarr, "gdal": read_gdal, "zarr-write": write_zarr, "gdal-write": write_gdal}

try:
    if len(sys.argv) > 4 and os.path.exists(sys.argv[4]):
        raise FileExistsError(sys.argv[4])
    seconds, size = WAYS[sys.argv[1]](*sys.argv[2:])
    print(seconds if size else "cannot")
except Exception as error:  # noqa: not installed, or not able to read this store
    print(f"{type(error).__name__}: {error}".splitlines()[0])
    print("cannot")
