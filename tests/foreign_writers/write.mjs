// Files by writers of JavaScript, and how many records each library itself reads in them.
//
//     node write.mjs FOLDER    prints {"file": records}
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import avroJs from 'avro-js'
import avsc from 'avsc'
import ExcelJS from 'exceljs'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import writeExcelFile from 'write-excel-file/node'
import XLSX from 'xlsx'

const folder = process.argv[2]
const counts = {}
const rows = Array.from({ length: 1234 }, (_, id) => ({ id, name: `row ${id}, "quoted"\nand broken` }))
const save = (name, content) => writeFileSync(join(folder, name), content)

async function parquet(name, columnData, options) {
  const buffer = parquetWriteBuffer({ columnData, ...options })
  save(name, Buffer.from(buffer))
  const read = await parquetReadObjects({ file: buffer })
  if (read.length !== Number(parquetMetadata(buffer).num_rows)) throw new Error(name)
  counts[name] = read.length
}

const ids = { name: 'id', data: rows.map((row) => row.id), type: 'INT32' }
const names = { name: 'name', data: rows.map((row) => row.name), type: 'STRING' }
await parquet('hyparquet.parquet', [ids, names])
await parquet('hyparquet_groups.parquet', [ids, names], { rowGroupSize: 100 })
await parquet('hyparquet_plain.parquet', [ids], { codec: 'UNCOMPRESSED', statistics: false })
await parquet('hyparquet_nulls.parquet', [{ name: 'a', data: rows.map(() => null), type: 'INT32', nullable: true }])
await parquet('hyparquet_nothing.parquet', [{ name: 'a', data: [], type: 'INT32' }])

async function avro(name, library, schema, values, options) {
  const path = join(folder, name)
  const encoder = library.createFileEncoder(path, schema, options)
  for (const value of values) encoder.write(value)
  encoder.end()
  await new Promise((done) => encoder.on('finish', () => setTimeout(done, 50)))
  counts[name] = await new Promise((done, fail) => {
    let read = 0
    library.createFileDecoder(path).on('data', () => read++).on('end', () => done(read)).on('error', fail)
  })
}

const record = { type: 'record', name: 'row', fields: [{ name: 'id', type: 'int' }, { name: 'name', type: ['null', 'string'] }] }
const nothing = { type: 'record', name: 'nothing', fields: [{ name: 'a', type: 'null' }] }
const optional = rows.map(({ id }) => ({ id, name: null }))
await avro('avsc.avro', avsc, record, optional)
await avro('avsc_deflate.avro', avsc, record, optional, { codec: 'deflate', blockSize: 64 })
await avro('avsc_nulls.avro', avsc, nothing, rows.map(() => ({ a: null })))
await avro('avsc_numbers.avro', avsc, 'long', rows.map(({ id }) => id))
await avro('avro_js.avro', avroJs, record, optional)
await avro('avro_js_deflate.avro', avroJs, record, optional, { codec: 'deflate' })

async function exceljs(name, fill) {
  const book = new ExcelJS.Workbook()
  fill(book)
  await book.xlsx.writeFile(join(folder, name))
  const again = new ExcelJS.Workbook()
  await again.xlsx.readFile(join(folder, name))
  const sheet = again.worksheets.find((each) => each.state === 'visible')
  counts[name] = sheet.actualRowCount - 1
}

function filled(sheet) {
  sheet.addRow(['id', 'name'])
  for (const { id, name } of rows) sheet.addRow([id, name])
  return sheet
}

await exceljs('exceljs.xlsx', (book) => filled(book.addWorksheet('a')))
await exceljs('exceljs_hidden.xlsx', (book) => {
  book.addWorksheet('hidden', { state: 'hidden' }).addRow([1])
  filled(book.addWorksheet('b'))
})
await exceljs('exceljs_formulas.xlsx', (book) => {
  const sheet = filled(book.addWorksheet('a'))
  sheet.addRow([{ formula: 'SUM(A2:A9)' }, { formula: 'A1', result: 'id' }])
})
await exceljs('exceljs_styles.xlsx', (book) => {
  const sheet = filled(book.addWorksheet('a'))
  sheet.getCell('D2000').fill = { type: 'pattern', pattern: 'solid' }
})

function sheetjs(name, fill, options) {
  const book = XLSX.utils.book_new()
  fill(book)
  save(name, XLSX.write(book, { type: 'buffer', bookType: 'xlsx', ...options }))
  const again = XLSX.read(readFileSync(join(folder, name)))
  const hidden = again.Workbook?.Sheets ?? []
  const first = again.SheetNames.find((_, place) => !hidden[place]?.Hidden)
  counts[name] = XLSX.utils.sheet_to_json(again.Sheets[first]).length
}

const table = () => XLSX.utils.json_to_sheet(rows)
sheetjs('sheetjs.xlsx', (book) => XLSX.utils.book_append_sheet(book, table(), 'a'))
sheetjs('sheetjs_shared.xlsx', (book) => XLSX.utils.book_append_sheet(book, table(), 'a'), { bookSST: true, compression: true })
sheetjs('sheetjs_hidden.xlsx', (book) => {
  XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([[1]]), 'hidden')
  XLSX.utils.book_append_sheet(book, table(), 'b')
  book.Workbook = { Sheets: [{ Hidden: 1 }, { Hidden: 0 }] }
})
sheetjs('sheetjs_macros.xlsm', (book) => XLSX.utils.book_append_sheet(book, table(), 'a'), { bookType: 'xlsm' })

const cells = [['id', 'name'], ...rows.map(({ id, name }) => [id, name])]
const written = await writeExcelFile(cells.map((row) => row.map((value) => ({ value }))))
save('write_excel_file.xlsx', await (written.toBuffer ? written.toBuffer() : written))
counts['write_excel_file.xlsx'] = rows.length

save('sheetjs.csv', XLSX.utils.sheet_to_csv(table()))
counts['sheetjs.csv'] = rows.length
const book = new ExcelJS.Workbook()
filled(book.addWorksheet('a'))
save('exceljs.csv', await book.csv.writeBuffer())
counts['exceljs.csv'] = rows.length

console.log(JSON.stringify(counts))
