import type { Dialect } from "../../sql/dialects/dialect.ts";

/** Whether a function is the database's own and changes no data: what is not known may be a stored function, or a loaded one. */
export function isHarmless(call: string, dialect: Dialect): boolean {
  return both.has(call) || (dialect === "sqlite" ? ofSqlite.has(call) : ofMysql.has(call));
}

/** Whether it also answers the same when it is asked again, but for the time of day. */
export function isSteadyFunction(call: string, dialect: Dialect): boolean {
  return isHarmless(call, dialect) && !changing.has(call);
}

const set = (...names: readonly string[]): ReadonlySet<string> => new Set(names.join(" ").split(" "));

/** Words that stand before a bracket and call nothing are among them, as the parser takes some of those for calls. */
const both = set(
  "abs acos asin atan atan2 avg ceil ceiling char coalesce concat concat_ws cos count cume_dist date degrees dense_rank exp",
  "exists current_date current_time current_timestamp first_value floor format group_concat hex if ifnull instr json_array json_extract json_insert json_object json_pretty",
  "json_quote json_remove json_replace json_set json_type json_valid lag last_value lead length ln log log10 log2 lower ltrim max",
  "min mod ntile nth_value nullif octet_length percent_rank pi pow power radians random rank replace round row_number rtrim sign",
  "sin sqrt substr substring sum tan time trim unhex upper any all some values value row cast convert case in",
);

/** https://sqlite.org/lang_corefunc.html, lang_aggfunc.html, lang_datefunc.html, lang_mathfunc.html, json1.html, fts5.html. Not load_extension. */
const ofSqlite = set(
  "acosh asinh atanh bm25 changes cosh datetime glob highlight iif json json_array_length json_each json_error_position",
  "json_group_array json_group_object json_patch json_tree jsonb jsonb_array jsonb_extract jsonb_group_array jsonb_group_object",
  "jsonb_insert jsonb_object jsonb_patch jsonb_remove jsonb_replace jsonb_set julianday last_insert_rowid like likelihood likely",
  "median percentile printf quote raise randomblob sinh snippet soundex sqlite_source_id sqlite_version strftime string_agg subtype tanh",
  "timediff total total_changes trunc typeof unicode unistr unixepoch unlikely zeroblob",
);

/** https://dev.mysql.com/doc/refman/8.4/en/built-in-function-reference.html and MariaDB's own. Not load_file, which reads the server's files. */
const ofMysql = set(
  "adddate addtime aes_decrypt aes_encrypt any_value ascii benchmark bin bin_to_uuid binary bit_and bit_count bit_length bit_or bit_xor",
  "char_length character_length charset chr coercibility collation compress connection_id conv convert_tz cot crc32 crc32c curdate",
  "current_date current_role current_time current_timestamp current_user curtime database date_add date_format date_sub datediff day",
  "dayname dayofmonth dayofweek dayofyear default elt encode_json export_set extract extractvalue field find_in_set format_bytes",
  "format_pico_time found_rows from_base64 from_days from_unixtime geomfromtext get_format get_lock greatest grouping",
  "gtid_subset gtid_subtract hour icu_version inet6_aton inet6_ntoa inet_aton inet_ntoa insert interval is_free_lock is_ipv4",
  "is_ipv4_compat is_ipv4_mapped is_ipv6 is_used_lock is_uuid isnull json_array_append json_array_insert json_arrayagg",
  "json_compact json_contains json_contains_path json_depth json_detailed json_equals json_exists json_keys json_length json_loose",
  "json_merge json_merge_patch json_merge_preserve json_normalize json_objectagg json_overlaps json_query json_schema_valid",
  "json_schema_validation_report json_search json_storage_free json_storage_size json_table json_unquote json_value last_day",
  "last_insert_id lcase least left linestring localtime localtimestamp locate lpad make_set makedate maketime match md5 median",
  "microsecond mid minute month monthname multilinestring multipoint multipolygon name_const now nvl nvl2 oct ord period_add",
  "period_diff point polygon position ps_current_thread_id quarter quote rand random_bytes regexp_instr regexp_like regexp_replace",
  "regexp_substr release_all_locks release_lock repeat reverse right row_count rpad schema sec_to_time second session_user sha",
  "sha1 sha2 sleep soundex space st_area st_asgeojson st_asbinary st_astext st_aswkb st_aswkt st_buffer st_centroid st_contains",
  "st_difference st_distance st_distance_sphere st_geohash st_geomfromgeojson st_geomfromtext st_geomfromwkb st_geometryfromtext",
  "st_intersection st_intersects st_isvalid st_latitude st_length st_linefromtext st_longitude st_makeenvelope st_npoints",
  "st_pointfromgeohash st_pointfromtext st_polyfromtext st_simplify st_srid st_swapxy st_touches st_transform st_union st_validate",
  "st_within st_x st_y std stddev stddev_pop stddev_samp str_to_date strcmp subdate substring_index subtime sys_guid sysdate",
  "system_user time_format time_to_sec timediff timestamp timestampadd timestampdiff to_base64 to_char to_days to_seconds truncate",
  "ucase uncompress uncompressed_length unix_timestamp updatexml user utc_date utc_time utc_timestamp uuid uuid_short uuid_to_bin",
  "uuid_v4 uuid_v7 validate_password_strength var_pop var_samp variance version week weekday weekofyear weight_string year yearweek",
);

const changing = set(
  "benchmark changes found_rows get_lock is_free_lock is_used_lock last_insert_id last_insert_rowid rand random random_bytes",
  "randomblob release_all_locks release_lock row_count sleep sys_guid total_changes uuid uuid_short uuid_v4 uuid_v7",
);
