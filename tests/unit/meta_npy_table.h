/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made by meta_npy.py with NumPy 1.24.2. */
/* clang-format off */
static const struct npy_row { const char *dtype, *shape, *header; size_t len; } npy_table[] = {
	{ "\042|b1\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '|b1', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042|i1\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '|i1', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042|u1\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042<i2\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<i2', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042>i2\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '>i2', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042<u4\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<u4', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042>u8\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '>u8', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042<f2\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<f2', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042<f4\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042>f8\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '>f8', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042<f16\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<f16', 'fortran_order': False, 'shape': (3, 4), }   "
		"                                                      \012", 128 },
	{ "\042<c8\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<c8', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042>c32\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '>c32', 'fortran_order': False, 'shape': (3, 4), }   "
		"                                                      \012", 128 },
	{ "\042|S1\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '|S1', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042|S300\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '|S300', 'fortran_order': False, 'shape': (3, 4), }  "
		"                                                      \012", 128 },
	{ "\042<U4\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<U4', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042>U2\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '>U2', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042|V5\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '|V5', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042<M8[ns]\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3, 4), }"
		"                                                      \012", 128 },
	{ "\042<M8\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<M8', 'fortran_order': False, 'shape': (3, 4), }    "
		"                                                      \012", 128 },
	{ "\042<m8[10us]\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '<m8[10us]', 'fortran_order': False, 'shape': (3, 4),"
		" }                                                    \012", 128 },
	{ "\042>M8[D]\042", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': '>M8[D]', 'fortran_order': False, 'shape': (3, 4), } "
		"                                                      \012", 128 },
	{ "[[\042a\042, \042<i4\042]]", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (3, "
		"4), }                                                 \012", 128 },
	{ "[[\042a\042, \042<i4\042], [\042b\042, \042>f8\042], [\042c\042, \042|S2\042]]", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': [('a', '<i4'), ('b', '>f8'), ('c', '|S2')], 'fortran_"
		"order': False, 'shape': (3, 4), }                     \012", 128 },
	{ "[[\042x\042, \042<i2\042, [2, 3]], [\042y\042, \042|u1\042, [4]]]", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': [('x', '<i2', (2, 3)), ('y', '|u1', (4,))], 'fortran_"
		"order': False, 'shape': (3, 4), }                     \012", 128 },
	{ "[[\042p\042, [[\042x\042, \042<f4\042], [\042y\042, \042<f4\042]]], [\042t\042, \042<"
		"M8[s]\042]]", "[3, 4]",
		"\223NUMPY\001\000\266\000{'descr': [('p', [('x', '<f4'), ('y', '<f4')]), ('t', '<M8[s"
		"]')], 'fortran_order': False, 'shape': (3, 4), }                                     "
		"                                    \012", 192 },
	{ "[[\042it's\042, \042<i4\042], [\042\134\042\042, \042<i4\042], [\042'\134\042\042, \042"
		"<i4\042]]", "[3, 4]",
		"\223NUMPY\001\000\266\000{'descr': [(\042it's\042, '<i4'), ('\042', '<i4'), ('\134'\042"
		"', '<i4')], 'fortran_order': False, 'shape': (3, 4), }                               "
		"                                                 \012", 192 },
	{ "[[\042\134u00e9\134u00a0\134u00ad\134u00ff\042, \042<i4\042]]", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': [('\351\134xa0\134xad\377', '<i4')], 'fortran_order':"
		" False, 'shape': (3, 4), }                                        \012", 128 },
	{ "[[\042\134u4e2d\134ud83d\134ude00\042, \042<i4\042]]", "[3, 4]",
		"\223NUMPY\003\000t\000\000\000{'descr': [('\344\270\255\360\237\230\200', '<i4')], 'f"
		"ortran_order': False, 'shape': (3, 4), }                                         \012", 128 },
	{ "[[\042tab\134t\134\134\134n\134u0001\134u007f\042, \042<i4\042]]", "[3, 4]",
		"\223NUMPY\001\000v\000{'descr': [('tab\134t\134\134\134n\134x01\134x7f', '<i4')], 'fo"
		"rtran_order': False, 'shape': (3, 4), }                                 \012", 128 },
	{ "[[\042long0long0long0long0\042, \042<f4\042], [\042long1long1long1long1\042, \042<f4\042"
		"], [\042long2long2long2long2\042, \042<f4\042], [\042long3long3long3long3\042, \042<f"
		"4\042], [\042long4long4long4long4\042, \042<f4\042], [\042long5long5long5long5\042, \042"
		"<f4\042], [\042long6long6long6long6\042, \042<f4\042], [\042long7long7long7long7\042,"
		" \042<f4\042], [\042long8long8long8long8\042, \042<f4\042], [\042long9long9long9long9"
		"\042, \042<f4\042], [\042long10long10long10long10\042, \042<f4\042], [\042long11long1"
		"1long11long11\042, \042<f4\042], [\042long12long12long12long12\042, \042<f4\042], [\042"
		"long13long13long13long13\042, \042<f4\042], [\042long14long14long14long14\042, \042<f"
		"4\042], [\042long15long15long15long15\042, \042<f4\042], [\042long16long16long16long1"
		"6\042, \042<f4\042], [\042long17long17long17long17\042, \042<f4\042], [\042long18long"
		"18long18long18\042, \042<f4\042], [\042long19long19long19long19\042, \042<f4\042], [\042"
		"long20long20long20long20\042, \042<f4\042], [\042long21long21long21long21\042, \042<f"
		"4\042], [\042long22long22long22long22\042, \042<f4\042], [\042long23long23long23long2"
		"3\042, \042<f4\042], [\042long24long24long24long24\042, \042<f4\042], [\042long25long"
		"25long25long25\042, \042<f4\042], [\042long26long26long26long26\042, \042<f4\042], [\042"
		"long27long27long27long27\042, \042<f4\042], [\042long28long28long28long28\042, \042<f"
		"4\042], [\042long29long29long29long29\042, \042<f4\042], [\042long30long30long30long3"
		"0\042, \042<f4\042], [\042long31long31long31long31\042, \042<f4\042], [\042long32long"
		"32long32long32\042, \042<f4\042], [\042long33long33long33long33\042, \042<f4\042], [\042"
		"long34long34long34long34\042, \042<f4\042], [\042long35long35long35long35\042, \042<f"
		"4\042], [\042long36long36long36long36\042, \042<f4\042], [\042long37long37long37long3"
		"7\042, \042<f4\042], [\042long38long38long38long38\042, \042<f4\042], [\042long39long"
		"39long39long39\042, \042<f4\042]]", "[3, 4]",
		"\223NUMPY\001\000\366\005{'descr': [('long0long0long0long0', '<f4'), ('long1long1long"
		"1long1', '<f4'), ('long2long2long2long2', '<f4'), ('long3long3long3long3', '<f4'), ('"
		"long4long4long4long4', '<f4'), ('long5long5long5long5', '<f4'), ('long6long6long6long"
		"6', '<f4'), ('long7long7long7long7', '<f4'), ('long8long8long8long8', '<f4'), ('long9"
		"long9long9long9', '<f4'), ('long10long10long10long10', '<f4'), ('long11long11long11lo"
		"ng11', '<f4'), ('long12long12long12long12', '<f4'), ('long13long13long13long13', '<f4"
		"'), ('long14long14long14long14', '<f4'), ('long15long15long15long15', '<f4'), ('long1"
		"6long16long16long16', '<f4'), ('long17long17long17long17', '<f4'), ('long18long18long"
		"18long18', '<f4'), ('long19long19long19long19', '<f4'), ('long20long20long20long20', "
		"'<f4'), ('long21long21long21long21', '<f4'), ('long22long22long22long22', '<f4'), ('l"
		"ong23long23long23long23', '<f4'), ('long24long24long24long24', '<f4'), ('long25long25"
		"long25long25', '<f4'), ('long26long26long26long26', '<f4'), ('long27long27long27long2"
		"7', '<f4'), ('long28long28long28long28', '<f4'), ('long29long29long29long29', '<f4'),"
		" ('long30long30long30long30', '<f4'), ('long31long31long31long31', '<f4'), ('long32lo"
		"ng32long32long32', '<f4'), ('long33long33long33long33', '<f4'), ('long34long34long34l"
		"ong34', '<f4'), ('long35long35long35long35', '<f4'), ('long36long36long36long36', '<f"
		"4'), ('long37long37long37long37', '<f4'), ('long38long38long38long38', '<f4'), ('long"
		"39long39long39long39', '<f4')], 'fortran_order': False, 'shape': (3, 4), }           "
		"                    \012", 1536 },
	{ "\042<f4\042", "[]",
		"\223NUMPY\001\000v\000{'descr': '<f4', 'fortran_order': False, 'shape': (), }        "
		"                                                      \012", 128 },
	{ "\042<f4\042", "[0]",
		"\223NUMPY\001\000v\000{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }      "
		"                                                      \012", 128 },
	{ "\042<f4\042", "[7]",
		"\223NUMPY\001\000v\000{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }      "
		"                                                      \012", 128 },
	{ "\042<f4\042", "[1, 2, 3, 4, 5, 6, 7, 8]",
		"\223NUMPY\001\000v\000{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3, 4, "
		"5, 6, 7, 8), }                                        \012", 128 },
	{ "\042<f4\042", "[1000000, 0, 3]",
		"\223NUMPY\001\000v\000{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 0, "
		"3), }                                                 \012", 128 },
	{ "\042<f4\042", "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]",
		"\223NUMPY\001\000\266\000{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, "
		"1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1"
		"), }                                \012", 192 },
	{ "\"<f4\"", "[2305843009213693951]",
		"\223NUMPY\001\000v\000{'descr': '<f4', 'fortran_order': False, 'shape': (230584300921"
		"3693951,), }                                          \012", 128 },
};
static const struct npy_row npy_read_table[] = { /* that are only read */
	{ "\">i2\"", "[5, 6]",
		"\223NUMPY\002\000t\000\000\000{'descr': '>i2', 'fortran_order': False, 'shape': (5, 6"
		"), }                                                        \012", 128 },
	{ "\">i2\"", "[5, 6]",
		"\223NUMPY\003\000t\000\000\000{'descr': '>i2', 'fortran_order': False, 'shape': (5, 6"
		"), }                                                        \012", 128 },
	{ "\">i2\"", "[5, 6]",
		"\223NUMPY\001\000v\000{'descr': '>i2', 'fortran_order': True, 'shape': (5, 6), }     "
		"                                                      \012", 128 },
};
