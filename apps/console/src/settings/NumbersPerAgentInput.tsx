import { FormControl, FormControlLabel, FormHelperText, FormLabel, Radio, RadioGroup } from '@mui/material';
import { numbersPerAgent, type NumbersPerAgent } from '#contracts';

const labels: Record<NumbersPerAgent, string> = {
  one: 'One number each',
  many: 'As many numbers as they are given',
};

interface NumbersPerAgentInputProps {
  value: NumbersPerAgent;
  onChange: (value: NumbersPerAgent) => void;
  /** Why the API did not take it. */
  refusal: string | undefined;
}

export const NumbersPerAgentInput = ({ value, onChange, refusal }: NumbersPerAgentInputProps) => (
  <FormControl error={refusal !== undefined}>
    <FormLabel id="numbers-per-agent">Agents have</FormLabel>
    <RadioGroup
      aria-labelledby="numbers-per-agent"
      value={value}
      onChange={(_, chosen) => onChange(chosen as NumbersPerAgent)}
    >
      {numbersPerAgent.map((choice) => (
        <FormControlLabel key={choice} value={choice} control={<Radio size="small" />} label={labels[choice]} />
      ))}
    </RadioGroup>
    <FormHelperText sx={{ mx: 0 }}>
      {refusal ?? 'One number each is taken only while no agent has more. It counts calling and answering apart.'}
    </FormHelperText>
  </FormControl>
);
