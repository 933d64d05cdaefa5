import { isSeparatorLine, namedSeparator, uploadSeparator } from '#contracts';

describe('the separator of an upload', () => {
  it.each([
    [';', 'rows of a number and a provider', '+493012345678;telnyx;DE;Vertrieb, Berlin'],
    [',', 'rows of a number and a provider', '+493012345678,telnyx,DE,a;b;c;d\n+493012345679,telnyx,DE,"e;f"'],
    ['|', 'the rows after a first one without a label', '+493012345678|telnyx\n+493012345679|telnyx|DE|a, b'],
    [';', 'the names of a header', 'Name, full;phone;provider\nx, y;+493012345678;telnyx'],
    [';', 'lines of one length, where no name is known', 'Name;Nr\nx, y;030 12345\nz;040 12345'],
    [',', 'quotes that hide the others', '"a;b;c",phone\n"d;e;f",+493012345678'],
    [',', 'nothing at all', ''],
    [',', 'a number alone', '+493012345678\n+493012345679'],
    [';', 'a line after a quote that is never closed', '"x;y\n+493012345678;telnyx\n+493012345679;telnyx'],
  ])('is %j by %s', (separator, _what, text) => {
    expect(uploadSeparator(text)).toBe(separator);
  });

  it.each(['sep=;', 'SEP=;', '"sep=;"', '\ufeffsep=;', '"Sep=;";;', '\n\nsep=;'])('is named by %j', (line) => {
    expect(namedSeparator(`${line}\na,b,c\nd,e,f`)).toBe(';');
    expect(uploadSeparator(`${line}\na,b,c\nd,e,f`)).toBe(';');
  });

  it('is not named by a line that says more, or nothing', () => {
    expect(['sep', 'sep=', 'sep=ab', 'sep=;x', 'a,sep=;'].map(namedSeparator)).toEqual([null, null, null, null, null]);
    expect(isSeparatorLine(['sep=', '', ''], ';')).toBe(true);
    expect(isSeparatorLine(['sep=x', 'telnyx'], ',')).toBe(false);
  });

  it('is found in a time that grows with the text alone', () => {
    // Each would take minutes if every quote were looked for to the end.
    for (const unit of ['"a,', '"', '""', '"a;', ',', '"\n'])
      expect(uploadSeparator(unit.repeat(30_000))).toHaveLength(1);
  });
});
