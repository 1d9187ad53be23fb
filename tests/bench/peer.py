# SPDX-License-Identifier: GPL-3.0-or-later
"""peer.py zarr|gdal STORE: reads a whole array into memory; prints the seconds that took, or "cannot"."""
import sys
import time


def read_zarr(path):
    import zarr
    array = zarr.open(path, mode="r")
    start = time.perf_counter()
    data = array[...]
    return time.perf_counter() - start, data.nbytes


def read_gdal(path):
    from osgeo import gdal
    gdal.UseExceptions()
    group = gdal.OpenEx(f'ZARR:"{path}"', gdal.OF_MULTIDIM_RASTER).GetRootGroup()
    array = group.OpenMDArray(group.GetMDArrayNames()[0])
    start = time.perf_counter()
    data = array.ReadAsArray()
    return time.perf_counter() - start, data.nbytes


try:
    seconds, size = {"zarr": read_zarr, "gdal": read_gdal}[sys.argv[1]](sys.argv[2])
    print(seconds if size else "cannot")
except Exception as error:  # noqa: not installed, or not able to read this store
    print(f"{type(error).__name__}: {error}".splitlines()[0])
    print("cannot")
